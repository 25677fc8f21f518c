/** Told on the page: found by profiling a drain, not by this bench. */
export const LIMITS = `To be written.`;
