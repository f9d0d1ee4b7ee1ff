// Package contract holds requests and answers against a published OpenAPI
// description while a test runs.
//
// A simulator and a client written from the same notes can share a mistake and
// agree on it. The description is the one witness that neither of them wrote:
// wrapped around a simulator's handler, it checks what the client sends and
// what the simulator answers, at once. It is imported by tests only.
package contract
