/** What the Worker uses of Node's module, which `nodejs_compat` brings; Node's own types describe far more than there is. */
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    getStore(): T | undefined;
    run<R>(store: T, work: () => R): R;
  }
}
