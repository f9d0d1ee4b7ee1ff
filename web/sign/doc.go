// Package sign lets people in to the review page: password and second factor,
// one-time links, sessions, and who may do what.
//
// A [Gate] is a middleware and a set of routes. The page wraps all that it
// serves in [Gate.Wrap], mounts [Gate.Mount] on its mux, and puts
// [Gate.Require] around each handler of its own; behind it, [Person] says who
// is there.
//
// # What keeps it shut
//
// A password alone opens nothing: what follows it is a code from the person's
// telephone, which works once, or one of ten recovery codes. Each try is
// counted before it is checked, by login and by address, in the ledger, so that
// neither a restart nor a hundred requests at once buy further tries. A login
// that nobody has costs the same work and gets the same words.
//
// The cookie holds a random token, the ledger its keyed digest. The token is
// replaced whenever somebody's rights change. Sessions end after half an hour
// without use, after twelve hours, with a new password, and when an admin says
// so; one that was ended does not come back through a request under way.
//
// Links carry their secret behind a "#", which browsers keep to themselves: it
// reaches no server, log or Referer until the person who opened it presses a
// button. Nothing is used up by a mere look, such as a mail scanner's.
//
// # Templates
//
// [Templates] holds the package's pages. Each file defines "title" and "main",
// executed with the data that [Renderer] gets as it is; the page's layout calls
// both. They use plain elements and these classes: form, hint, problem, links,
// secret, codes, table.
package sign
