/** What a query needs of D1: the database itself, or a session of it. */
export type Queryable = Pick<D1Database, "prepare"> & {
  batch<T = unknown>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]>;
};
