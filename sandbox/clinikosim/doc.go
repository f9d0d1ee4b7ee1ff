// Package clinikosim is a stateful stand-in for the Cliniko API v1: a practice
// with its people, patients, diary and treatment notes behind an http.Handler.
//
// It is faithful where the API is documented or was seen to behave in a certain
// way, and says so: every behaviour that nobody has confirmed sits behind a
// named field of Switches, whose zero value is the best guess. Where the API is
// silent (the order of records made in one second, the length of ids, null or
// an empty string) it varies by seed, so that no client comes to lean on an
// accident.
//
// Three sides meet here. The API side is served by Server as an http.Handler.
// The person side acts as staff do in Cliniko's own web pages: OpenNote,
// EditNote, FinaliseNote, MergePatients and so on; Hook lets a test do so at the
// worst moment. The books side, Notes, Attachments and Uploads, tells what is
// really stored, for those who check a client's work.
//
// Files have a side of their own: the bucket, which plays Amazon S3. The API
// hands out a signed form, the bucket takes a file by it, and only then can the
// API make an attachment of the file. A Server serves its bucket under
// BucketPath; Bucket serves it elsewhere.
//
// It knows no faults: sandbox.Faults wraps it. It refuses keys that do not
// begin with SANDBOX, because a real key has no business here. Forms and the
// creation of appointments are not simulated and answer 501.
package clinikosim
