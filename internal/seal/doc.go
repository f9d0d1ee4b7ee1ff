// Package seal keeps the practice's words unreadable at rest.
//
// There are two keys. The master key lives in a file of its own, outside the
// ledger; it wraps a fresh AES-256-GCM key for every sealed item, so that
// removing the wrapped key destroys the item, whatever copies of the ciphertext
// a file system keeps. The digest key keys every digest; it is made once,
// travels with the ledger wrapped by the master key, and outlives a change of
// the master key, so that yesterday's digests still compare.
//
// The package imports the standard library alone.
package seal
