package ledger

// CheckSentences returns the sentence of every check, so that a test can show
// that each of them finds something.
func CheckSentences() (sentences []string) {
	for _, c := range checks {
		sentences = append(sentences, c.sentence)
	}
	return sentences
}

// Rewrite is what turns a migration's text into SQLite's.
var Rewrite = rewrite

// NetworkFileSystem names the network file system a folder is on.
var NetworkFileSystem = networkFileSystem

// PlaceProblem says in a sentence what is wrong with a file or folder.
var PlaceProblem = placeProblem

// NewID and FirstID are the makers of identifiers.
var (
	NewID   = newID
	FirstID = firstID
)
