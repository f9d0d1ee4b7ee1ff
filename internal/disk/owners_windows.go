package disk

import "io/fs"

// ownersOf knows no numbers of users.
func ownersOf(fs.FileInfo) (user, group int) { return -1, -1 }
