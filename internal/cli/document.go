package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"carryover"
)

// maxDocument bounds a document that a person hands in: Cliniko takes far less.
const maxDocument = 1 << 20

// readDocument reads the document at path, or standard input for "-". Errors
// name the file, never what it holds.
func readDocument(in io.Reader, path string) (carryover.Text, carryover.Format, error) {
	raw, err := readAll(in, path)
	if err != nil {
		return carryover.Text{}, "", err
	}
	op := "read document " + path
	switch {
	case len(raw) > maxDocument:
		return carryover.Text{}, "", unfit(op, "it is larger than 1 MiB", "A treatment note cannot hold it. Attach it in Cliniko by hand.")
	case bytes.HasPrefix(raw, []byte("%PDF")) || bytes.HasPrefix(raw, []byte("PK\x03\x04")) || bytes.ContainsRune(raw, 0):
		return carryover.Text{}, "", unfit(op, "it is not text", "Save it as plain text, Markdown or HTML, or copy the text from Heidi and pipe it in with -.")
	case !utf8.Valid(raw):
		return carryover.Text{}, "", unfit(op, "its letters are not UTF-8", "Save it again as UTF-8.")
	case len(bytes.TrimSpace(raw)) == 0:
		return carryover.Text{}, "", unfit(op, "it is empty", "Check the file.")
	}
	format := carryover.FormatUnknown
	switch strings.ToLower(filepath.Ext(path)) {
	case ".md", ".markdown":
		format = carryover.FormatMarkdown
	case ".html", ".htm":
		format = carryover.FormatHTML
	}
	return carryover.NewText(string(raw)), format, nil
}

func readAll(in io.Reader, path string) ([]byte, error) {
	if path == "-" {
		raw, err := io.ReadAll(io.LimitReader(in, maxDocument+1))
		if err != nil {
			return nil, fmt.Errorf("read the document from standard input: %w", err)
		}
		return raw, nil
	}
	f, err := os.Open(path)
	if err != nil {
		cause := err
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			cause = p.Err // the path is in the operation already
		}
		return nil, &carryover.Problem{
			Op: "read document " + path, Kind: carryover.ErrInvalid, Err: cause,
			Hint: "Check the name, and that this user may read the file.",
		}
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("read document %s: %w", path, err)
	}
	return raw, nil
}

func unfit(op, why, hint string) error {
	return &carryover.Problem{Op: op, Kind: carryover.ErrInvalid, Err: errors.New(why), Hint: hint}
}

// australian is a day as it is written here: the day comes first.
var australian = regexp.MustCompile(`^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$`)

// parseDay reads a day as 1980-03-31 or 31/3/1980. The error does not repeat it.
func parseDay(flag, s string) (carryover.Date, error) {
	iso := strings.TrimSpace(s)
	if m := australian.FindStringSubmatch(iso); m != nil {
		day, _ := strconv.Atoi(m[1]) // digits, by the pattern
		month, _ := strconv.Atoi(m[2])
		iso = fmt.Sprintf("%s-%02d-%02d", m[3], month, day)
	}
	d, err := carryover.ParseDate(iso)
	if err != nil {
		return carryover.Date{}, badUsage(flag + ": that is not a day; write it as 1980-03-31 or 31/3/1980")
	}
	return d, nil
}
