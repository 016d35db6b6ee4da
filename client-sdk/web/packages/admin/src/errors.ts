// The errors of requests.

/** A request that the server refused, or that did not reach the server (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** The name of the error code, such as `invalid`; `unreachable` without an answer. */
    readonly code: string,
    /** The server's sentence, in English. */
    readonly detail: string,
    /** The field that the server blames; empty if it blames none. */
    readonly field = "",
  ) {
    super(detail);
    this.name = "ApiError";
  }
}

interface Problem {
  readonly name?: string;
  readonly detail?: string;
  readonly field?: string;
}

/** The error of an answer that is no success. */
export function errorOf(status: number, body: string): ApiError {
  let problem: Problem = {};
  try {
    problem = JSON.parse(body);
  } catch {
    // A proxy answered in its own words.
  }
  return new ApiError(status, problem.name ?? "unavailable", problem.detail ?? `HTTP ${status}`, problem.field);
}
