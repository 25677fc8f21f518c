/** What `exports` of `cloudflare:workers` holds in a test: the Worker's own main module. */
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import("../index.ts");
  }
}
