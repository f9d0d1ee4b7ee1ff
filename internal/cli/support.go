package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"carryover"
	"carryover/internal/check"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/desk"
	"carryover/internal/disk"
)

// supportCmd packs what helps somebody outside the practice to help.
type supportCmd struct {
	File string `arg:"" optional:"" help:"Where to; never replaced. Default: carryover-support-DAY.zip, here."`
}

// Help is kong's long help.
func (supportCmd) Help() string {
	return `A zip that may be mailed: version, platform, the configuration without what somebody chose in words,
how things stand in counts, open alarms by kind, and the daemon's last log lines without ids. No
text, no name, no key and no patient's id is in it; README.txt in it says what is.

Example:

  carryover support-bundle`
}

// aboutBundle is for whoever opens the bundle, and for whoever wonders whether to
// send it.
const aboutBundle = `A support bundle of Carryover.

version.json        which build wrote this
platform.json       the machine, the time, the sizes of the ledger's files
configuration.txt   the configuration: numbers, words of closed lists, practitioners' ids in
                    Cliniko; keys, paths, addresses and words of rules show as (set)
check.json          what check finds, by grade, without its words
status.json         documents and deliveries by state, what waits by reason, alarms by kind
log.jsonl           the daemon's last log lines; rows of digits show as #, folders as …/
error.txt           only there when the ledger could not be asked: why

Not in it, by construction: texts and titles of documents, names, birth dates, e-mail addresses,
keys, tokens, ids of patients, notes, sessions and bookings. It is a plain zip: open it and look.
`

// Run implements the command.
func (c supportCmd) Run(a *app) error {
	if c.File == "" {
		c.File = "carryover-support-" + time.Now().Format(time.DateOnly) + ".zip"
	}
	if err := vacant(c.File, false); err != nil {
		return err
	}
	cfg, err := a.load()
	if err != nil {
		return err
	}
	b := bundle{at: time.Now()}
	b.text("README.txt", aboutBundle)
	b.json("version.json", thisBuild())
	b.json("platform.json", platformOf(cfg))
	b.text("configuration.txt", cfg.Outline())
	b.json("check.json", a.found(cfg))
	b.ledger(a, cfg)
	packed, err := b.packed()
	if err != nil {
		return fmt.Errorf("pack the support bundle: %w", err)
	}
	if err := writePrivate(c.File, packed, false); err != nil {
		return err
	}
	out := supportBundle{File: c.File, Bytes: len(packed), Files: b.names(), Incomplete: b.incomplete}
	return a.answer(out, out.print)
}

// A supportBundle is the command's answer.
type supportBundle struct {
	File       string   `json:"file"`
	Bytes      int      `json:"bytes"`
	Files      []string `json:"files"`
	Incomplete bool     `json:"incomplete,omitempty"` // the ledger could not be asked
}

func (s supportBundle) print(w io.Writer) {
	fmt.Fprintf(w, "Support bundle written to %s, %d bytes: %s.\n", s.File, s.Bytes, strings.Join(s.Files, ", "))
	if s.Incomplete {
		fmt.Fprintln(w, "The ledger could not be asked; error.txt in it says why.")
	}
	fmt.Fprintln(w, "No text, no name, no key and no patient's id is in it. Open it and look before you send it.")
}

// A bundle is files that are packed together.
type bundle struct {
	at         time.Time
	files      []file
	incomplete bool
}

type file struct {
	name string
	body []byte
}

func (b *bundle) text(name, body string) { b.files = append(b.files, file{name, []byte(body)}) }

func (b *bundle) json(name string, v any) {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		body = []byte(`{}`) // cannot happen: plain structs
	}
	b.files = append(b.files, file{name, append(body, '\n')})
}

// ledger adds what the desk tells; when it cannot, why: a practice needs help
// most when nothing opens.
func (b *bundle) ledger(a *app, cfg *config.Config) {
	var s desk.Support
	err := a.withDeskOf(cfg, func(ctx context.Context, d desk.Desk) (err error) {
		s, err = d.Support(ctx, desk.SupportRequest{Actor: a.actor()})
		return err
	})
	if err != nil {
		b.incomplete = true
		b.text("error.txt", desk.Scrub(whyNot(err))+"\n")
		return
	}
	log := s.Log
	s.Log = nil
	b.json("status.json", s)
	if s.Daemon {
		b.text("log.jsonl", strings.Join(append(log, ""), "\n"))
	}
}

// A found is a finding of check without its words, which may name a template or a
// folder.
type found struct {
	Grade        check.Grade `json:"grade"`
	About        string      `json:"about"`
	Practitioner string      `json:"practitioner,omitempty"`
}

// found looks whether everything is in order, as check does.
func (a *app) found(cfg *config.Config) (all []found) {
	s, done := a.subject(cfg)
	defer done()
	connection, err := daemon.Connect(daemon.Options{Config: cfg})
	if err == nil {
		defer connection.Close()
		s.Sides, s.Guard = connection.Sides, connection.Guard
	}
	s.Unreachable = err
	for _, f := range check.All(a.ctx, s) {
		all = append(all, found{Grade: f.Grade, About: fmt.Sprint(f.About), Practitioner: fmt.Sprint(f.Practitioner)})
	}
	return all
}

// whyNot is an error with its next step.
func whyNot(err error) string {
	why := err.Error()
	if p, ok := errors.AsType[*carryover.Problem](err); ok && p.Hint != "" {
		why += "\n" + p.Hint
	}
	return why
}

func (b *bundle) names() (names []string) {
	for _, f := range b.files {
		names = append(names, f.name)
	}
	return names
}

func (b *bundle) packed() ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range b.files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: b.at})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.body); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// A platform is the machine, as far as it matters to a ledger.
type platform struct {
	Platform   string           `json:"platform"`
	Processors int              `json:"processors"`
	Time       time.Time        `json:"time"`
	Zone       string           `json:"zone"` // of the practice
	FreeBytes  uint64           `json:"free_bytes"`
	Files      map[string]int64 `json:"files"` // of the ledger, by their names' ends, in bytes
}

func platformOf(cfg *config.Config) platform {
	p := platform{
		Platform: runtime.GOOS + "/" + runtime.GOARCH, Processors: runtime.NumCPU(), Time: time.Now().UTC(),
		Zone: cfg.TimeZone.String(), Files: map[string]int64{},
	}
	p.FreeBytes, _ = disk.Free(cfg.Data) // 0 of a folder that is not there yet
	for _, end := range []string{"", "-wal", "-shm"} {
		if st, err := os.Stat(cfg.LedgerPath() + end); err == nil {
			p.Files[filepath.Base(cfg.LedgerPath())+end] = st.Size()
		}
	}
	return p
}
