package clinic

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strconv"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// bodyLimit bounds a control request: a document of 200 kB fits many times.
const bodyLimit = 8 << 20

// control returns the control interface: JSON over HTTP, for tests, scripts and
// curious people. It has no sign-in; it is reachable from this machine alone,
// and refuses what a browser sends on behalf of another site.
func (c *Clinic) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, routesHelp) })
	mux.HandleFunc("GET /truth", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, c.Truth()) })
	mux.HandleFunc("GET /journal", c.journal)
	mux.HandleFunc("GET /practice", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, c.practiceLines()) })
	mux.HandleFunc("GET /switches", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, c.switches()) })
	mux.HandleFunc("PUT /switches", act(c.setSwitches))
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, c.Faults.Plan()) })
	mux.HandleFunc("PUT /faults", c.setFaults)
	mux.HandleFunc("GET /clock", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, c.day()) })
	mux.HandleFunc("POST /clock", act(c.moveClock))
	for name, handler := range c.heidiActions() {
		mux.HandleFunc("POST /heidi/"+name, handler)
	}
	for name, handler := range c.clinikoActions() {
		mux.HandleFunc("POST /cliniko/"+name, handler)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, fmt.Errorf("there is no %s %s here; GET / lists what there is", r.Method, r.URL.Path))
	})
	return onlyHere(http.NewCrossOriginProtection().Handler(mux))
}

// onlyHere refuses requests that were made under a name other than this
// machine's own, which is how a page elsewhere would reach a loopback port.
func onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
			refuse(w, http.StatusForbidden, errors.New("the control interface answers under a loopback address only"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

var routesHelp = map[string][]string{
	"sandbox": {
		"GET /truth", "GET /journal?api=&method=&path=&since=", "GET /practice", "GET and PUT /switches", "GET and PUT /faults",
		"GET and POST /clock", "POST /heidi/ACTION", "POST /cliniko/ACTION", "described in docs/sandbox.md",
	},
}

// act makes a handler of f: it decodes the body strictly, calls f, and answers
// what f returns, or its error as a sentence. A body that is not what f takes
// is 400; what a simulator refuses is 422.
func act[T any](f func(*T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := new(T)
		dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit))
		dec.DisallowUnknownFields()
		if err := dec.Decode(body); err != nil && !errors.Is(err, io.EOF) {
			refuse(w, http.StatusBadRequest, fmt.Errorf("the body is not what this takes: %w", plain(err)))
			return
		}
		result, err := f(body)
		if err != nil {
			refuse(w, http.StatusUnprocessableEntity, err)
			return
		}
		if result == nil {
			result = map[string]bool{"ok": true}
		}
		answer(w, http.StatusOK, result)
	}
}

// answer writes v as JSON. A client that has gone away is its own affair.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
}

func refuse(w http.ResponseWriter, status int, err error) {
	answer(w, status, map[string]string{"error": err.Error()})
}

// journal answers the requests seen so far: those of one API, one method, one
// path (a glob such as /sessions/*), and with numbers above since. Counts are
// of all requests, whatever was asked.
func (c *Clinic) journal(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	since := 0
	if q.Has("since") {
		n, err := strconv.Atoi(q.Get("since"))
		if err != nil {
			refuse(w, http.StatusBadRequest, errors.New("since: want a whole number"))
			return
		}
		since = n
	}
	pattern := q.Get("path")
	if _, err := path.Match(pattern, ""); err != nil {
		refuse(w, http.StatusBadRequest, errors.New("path: want a path or a glob such as /sessions/*"))
		return
	}
	entries := c.Journal.Entries(func(e sandbox.Entry) bool {
		fits := true
		if pattern != "" {
			fits, _ = path.Match(pattern, e.Path)
		}
		return fits && e.N > since && (q.Get("api") == "" || e.API == q.Get("api")) && (q.Get("method") == "" || e.Method == q.Get("method"))
	})
	answer(w, http.StatusOK, map[string]any{"entries": entries, "counts": c.Journal.Counts()})
}

// bothSwitches are the switches of the two simulators.
type bothSwitches struct {
	Heidi   heidisim.Switches   `json:"heidi"`
	Cliniko clinikosim.Switches `json:"cliniko"`
}

func (c *Clinic) switches() bothSwitches {
	return bothSwitches{Heidi: c.Heidi.Switches(), Cliniko: c.Cliniko.Switches()}
}

// setSwitches changes the switches that are given and leaves the others.
func (c *Clinic) setSwitches(body *struct {
	Heidi   json.RawMessage `json:"heidi"`
	Cliniko json.RawMessage `json:"cliniko"`
},
) (any, error) {
	now := c.switches()
	if err := over(body.Heidi, &now.Heidi); err != nil {
		return nil, fmt.Errorf("heidi: %w", err)
	}
	if err := over(body.Cliniko, &now.Cliniko); err != nil {
		return nil, fmt.Errorf("cliniko: %w", err)
	}
	if err := now.Heidi.Check(); err != nil {
		return nil, fmt.Errorf("heidi: %w", err)
	}
	c.Heidi.SetSwitches(now.Heidi)
	c.Cliniko.SetSwitches(now.Cliniko)
	return c.switches(), nil
}

// over decodes raw over what into holds already.
func over(raw json.RawMessage, into any) error {
	if len(raw) == 0 {
		return nil
	}
	return strict(raw, into)
}

// setFaults replaces the plan of faults; null or "off" turns faults off.
func (c *Clinic) setFaults(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	var plan *sandbox.Plan
	if text := string(body); text != "null" && text != `"off"` && text != "off" {
		if plan, err = sandbox.ParsePlan(body); err != nil {
			refuse(w, http.StatusUnprocessableEntity, err)
			return
		}
	}
	c.Faults.SetPlan(plan)
	answer(w, http.StatusOK, plan)
}

func (c *Clinic) day() Day {
	return Day{Begun: c.Clock.Begun(), Share: c.Clock.Share(), Now: c.Clock.Now()}
}

// moveClock moves what the simulators stamp and limit by, begins the day, or
// jumps to its end, in this order.
func (c *Clinic) moveClock(body *struct {
	Advance string `json:"advance"`
	Begin   bool   `json:"begin"`
	Finish  bool   `json:"finish"`
},
) (any, error) {
	if body.Advance != "" {
		d, err := time.ParseDuration(body.Advance)
		if err != nil {
			return nil, errors.New(`advance: want a duration such as "1h" or "90s"`)
		}
		c.Clock.Advance(d)
	}
	if body.Begin {
		c.Clock.Begin()
	}
	if body.Finish {
		c.Clock.Finish()
	}
	return c.day(), nil
}
