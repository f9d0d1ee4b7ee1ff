package daemon_test

import (
	"archive/zip"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"carryover/internal/config"
)

// watch has a page with metrics served on a leak day, and returns what its
// configuration needs for it.
func (d *leakDay) watch() (served func(net.Addr)) {
	d.cfg.Web = &config.Web{Listen: "127.0.0.1:0", Idle: 30 * time.Minute, Absolute: 12 * time.Hour, Metrics: true}
	d.page = make(chan net.Addr, 1)
	return func(a net.Addr) { d.page <- a }
}

// export takes out what leaves the practice: a support bundle, and a scrape of
// the metrics. Neither may hold a canary, nor an id of anything of a patient's.
func (d *leakDay) export() {
	d.t.Helper()
	out := map[string]string{"metrics": d.scrape()}
	path := filepath.Join(d.dir, "support.zip")
	d.command(&d.said, "support-bundle", "--json", path)
	z, err := zip.OpenReader(path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			d.t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			d.t.Fatal(err)
		}
		out[f.Name] = string(body)
	}
	for _, name := range []string{"README.txt", "version.json", "platform.json", "configuration.txt", "check.json", "status.json", "log.jsonl"} {
		if out[name] == "" {
			d.t.Errorf("the support bundle has no %s, or nothing in it", name)
		}
	}
	if n := strings.Count(out["log.jsonl"], "\n"); n < 50 || !strings.Contains(out["log.jsonl"], `"msg":"moved"`) {
		d.t.Errorf("the bundle's log has %d lines, want those of a day", n)
	}
	known, ids := d.known(), d.patientIDs()
	for name, text := range out {
		for _, leak := range known.in([]byte(text)) {
			d.t.Errorf("%s holds %s", name, leak)
		}
		for id, what := range ids {
			if strings.Contains(text, id) {
				d.t.Errorf("%s holds %s's id %s", name, what, id)
			}
		}
		if strings.Contains(text, d.dir) {
			d.t.Errorf("%s holds the path of a folder", name)
		}
	}
}

func (d *leakDay) scrape() string {
	d.t.Helper()
	a := <-d.page
	d.page <- a
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	res, err := client.Get("http://" + a.String() + "/metrics")
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), "carryover_documents{") {
		d.t.Fatalf("metrics: %d, %v", res.StatusCode, err)
	}
	return string(body)
}

// patientIDs are the ids of all that is a patient's, with what each is of.
func (d *leakDay) patientIDs() map[string]string {
	ids := map[string]string{}
	for _, p := range d.Practice.Patients {
		ids[p.ID] = "a patient"
	}
	for _, s := range d.Practice.Sessions {
		ids[s.ID] = "a session"
	}
	for _, n := range d.Cliniko.Notes() {
		ids[n.ID] = "a note"
	}
	delete(ids, "")
	return ids
}
