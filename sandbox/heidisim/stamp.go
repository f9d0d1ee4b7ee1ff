package heidisim

import "time"

// Forms of the naive timestamps. They are UTC and never say so (§6).
const (
	stampSeconds = "2006-01-02T15:04:05"
	stampMillis  = "2006-01-02T15:04:05.000"
	stampMicros  = "2006-01-02T15:04:05.000000"
	stampSpace   = "2006-01-02 15:04:05.000000"
)

// stamp prints t without a zone. In the mixed form the record and its field
// decide the number of decimals, so that one session can show two forms, as
// the documented sample does.
func (s *Server) stamp(t time.Time, record, field string) string {
	t = t.UTC()
	switch s.switches.Timestamps {
	case StampSeconds:
		return t.Format(stampSeconds)
	case StampMillis:
		return t.Format(stampMillis)
	case StampMicros:
		return t.Format(stampMicros)
	case StampSpace:
		return t.Format(stampSpace)
	}
	forms := []string{stampSeconds, stampMillis, stampMicros}
	return t.Format(forms[s.seed.choice(uint64(len(forms)), "stamp", record, field)])
}

// later returns now, or a second after prev if now is not later than that, so
// that a change shows in a stamp that has no decimals.
func later(prev, now time.Time) time.Time {
	if earliest := prev.Add(time.Second); now.Before(earliest) {
		return earliest
	}
	return now
}
