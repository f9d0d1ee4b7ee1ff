// Package heidisim simulates the Heidi Open API: a stateful server on which
// clinicians are linked, sessions appear, documents grow, change and vanish in
// the course of a clinic's day.
//
// It is written from a fact sheet compiled from public material alone; nobody
// behind it has called a real account. Where the API is documented the server
// keeps to the documents. Where it is silent, or where sources disagree, there
// is a [Switches] field for each question, whose zero value is the best guess,
// so that a client can be tested under every answer. Where nothing at all is
// known, such as the order of a listing, it varies by seed. The differences
// that remain are listed in docs/divergences-heidi.md.
//
// # Limits
//
// Audio, live transcripts, context documents and clinical codes are not
// simulated (501). Generated text is a fixed sentence. No webhook exists,
// because none is documented. Keys that do not begin with SANDBOX are refused,
// and the word stands wherever a person looks.
//
// # Parts
//
// A request goes through [Server.ServeHTTP] (route, token, link) to a handler
// (listing.go, sessionread.go, document.go, template.go, profile.go and those
// that write). What the clinic does during the day waits in an agenda and is
// applied before each request; what a person does through the control
// interface is in control.go. [Server.Documents] is the server's own account
// of what it has ever shown.
//
// Faults and the journal are not here: wrap the server in the core's
// middleware, as in faults.Wrap("heidi", journal, server).
package heidisim
