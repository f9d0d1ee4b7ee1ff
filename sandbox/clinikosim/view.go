package clinikosim

import (
	"encoding/json"
	"strings"
	"time"
)

// offsetZone is the zone in which the offset styles write moments.
var offsetZone = time.FixedZone("", 10*60*60)

// A view is how records are shown to one request: with which links, stamps and
// forms of nothing.
type view struct {
	base string
	sw   Switches
	seed uint64
}

// url joins path segments to the base.
func (v view) url(segments ...string) string {
	return v.base + "/" + strings.Join(segments, "/")
}

// self is the links object of a record.
func (v view) self(segments ...string) map[string]any {
	return map[string]any{"self": v.url(segments...)}
}

// to is a relation that exists.
func (v view) to(segments ...string) map[string]any {
	return map[string]any{"links": v.self(segments...)}
}

// toFilter is a relation that is a filtered list.
func (v view) toFilter(plural, column, id string) map[string]any {
	return map[string]any{"links": map[string]any{"self": v.url(plural) + "?q%5B%5D=" + column + "%3A%3D" + id}}
}

// relate puts a relation to one record into shown; an absent one is left out
// unless a switch says otherwise.
func (v view) relate(shown map[string]any, name, plural, id string) {
	switch {
	case id != "":
		shown[name] = v.to(plural, id)
	case v.sw.Absent == AbsentNull:
		shown[name] = nil
	case v.sw.Absent == AbsentEmpty:
		shown[name] = map[string]any{}
	}
}

// id is how an id is written.
func (v view) id(id string) any {
	if v.sw.IDsAsNumbers {
		return json.Number(id)
	}
	return id
}

// ids is how a list of ids is written.
func (v view) ids(ids []string) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = v.id(id)
	}
	return out
}

// at is how a moment is written; the zero time is null.
func (v view) at(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	switch v.sw.StampStyle {
	case StampOffset:
		return t.In(offsetZone).Format("2006-01-02T15:04:05-07:00")
	case StampCompact:
		return t.In(offsetZone).Format("2006-01-02T15:04:05-0700")
	case StampFraction:
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	default:
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
}

// blank is how an empty string field of a record is written: null in some
// records, "" in others, since both stand for nothing (6.4).
func (v view) blank(id, field, value string) any {
	if value == "" && hashText(v.seed, id+"/"+field)%3 != 0 {
		return nil
	}
	return value
}

// orNull is value, or null when it is empty; for fields with a pattern, for
// which "" would not do.
func orNull(value string) any {
	if value == "" {
		return nil
	}
	return value
}

// stamp fills in what every record shows.
func (v view) stamp(shown map[string]any, r *record, plural string) map[string]any {
	shown["id"] = v.id(r.id)
	shown["created_at"] = v.at(r.createdAt)
	shown["updated_at"] = v.at(r.updatedAt)
	shown["links"] = v.self(plural, r.id)
	return shown
}

// archive fills in the two fields of records that can be archived.
func (v view) archive(shown map[string]any, r *record, hasDeletedAt bool) {
	shown["archived_at"] = v.at(r.archivedAt)
	if hasDeletedAt {
		shown["deleted_at"] = v.at(v.deletedAt(r))
	}
}

// deletedAt is the legacy twin of archivedAt: unused unless a switch says that
// it moves along.
func (v view) deletedAt(r *record) time.Time {
	if v.sw.DeletedTwin {
		return r.archivedAt
	}
	return time.Time{}
}

// atOrNil makes a moment a column's value.
func atOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
