package clinikosim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A column's value of a record is nil (no value), a string (text, a date, or an
// id for numeric columns), an int64, a bool, a time.Time, or []string.

// matches reports whether v passes f. As in SQL, nothing is equal or unequal to
// a missing value; only ? !? and * see one.
func (f *filter) matches(v any, by Comparing) bool {
	switch f.op {
	case "*":
		return true
	case "?":
		return v != nil
	case "!?":
		return v == nil
	}
	if v == nil {
		return false
	}
	switch f.kind {
	case numeric:
		return f.matchesNumber(v)
	case text:
		s, is := v.(string)
		return is && f.matchesText(s, by)
	case boolean:
		return (v == f.truth) == (f.op == "=")
	case date:
		s, is := v.(string)
		return is && f.matchesDate(s)
	case datetime:
		at, is := v.(time.Time)
		return is && ordered(f.op, at.Compare(f.moment))
	case array:
		list, is := v.([]string)
		return is && slices.Contains(list, f.value)
	}
	return false
}

func (f *filter) matchesNumber(v any) bool {
	var n int64
	switch v := v.(type) {
	case int64:
		n = v
	case string:
		if f.op == "=" { // the common case: a lookup by id
			return slices.Contains(f.many, v)
		}
		parsed, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return false
		}
		n = parsed
	}
	if f.op == "=" {
		return slices.Contains(f.many, strconv.FormatInt(n, 10))
	}
	return ordered(f.op, cmp.Compare(n, f.number))
}

func (f *filter) matchesText(s string, by Comparing) bool {
	have, want := fold(s, by), fold(f.value, by)
	switch f.op {
	case "=":
		return have == want
	case "!=":
		return have != want
	case "~":
		return like(have, "%"+want+"%")
	default: // ~~
		return like(have, want)
	}
}

// matchesDate compares YYYY-MM-DD, whose order as text is its order in time.
func (f *filter) matchesDate(s string) bool {
	if f.op != "=" {
		return ordered(f.op, cmp.Compare(s, f.value))
	}
	if len(s) != len(f.value) {
		return false
	}
	for i := range len(s) {
		if f.value[i] != '*' && f.value[i] != s[i] {
			return false
		}
	}
	return true
}

// ordered applies a comparing operator to the result of a comparison.
func ordered(op string, order int) bool {
	switch op {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case ">=":
		return order >= 0
	case ">":
		return order > 0
	case "<=":
		return order <= 0
	case "<":
		return order < 0
	}
	return false
}

// like matches s against a pattern in which % stands for any run of characters.
func like(s, pattern string) bool {
	parts := strings.Split(pattern, "%")
	if len(parts) == 1 {
		return s == pattern
	}
	first, last := parts[0], parts[len(parts)-1]
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return strings.HasSuffix(s, last)
}

// fold brings s into the form in which strings are compared.
func fold(s string, by Comparing) string {
	switch by {
	case CompareExact:
		return s
	case CompareFoldAccents:
		bare := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(s))
		return strings.ToLower(bare)
	default:
		return strings.ToLower(s)
	}
}

// compareValues orders two values of one column; a missing one comes first.
func compareValues(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	switch a := a.(type) {
	case string:
		if b, is := b.(string); is {
			return compareStrings(a, b)
		}
	case int64:
		if b, is := b.(int64); is {
			return cmp.Compare(a, b)
		}
	case bool:
		if b, is := b.(bool); is && a != b {
			if a {
				return 1
			}
			return -1
		}
	case time.Time:
		if b, is := b.(time.Time); is {
			return a.Compare(b)
		}
	}
	return 0
}

// compareStrings orders numbers as numbers (ids are strings) and text ignoring
// case.
func compareStrings(a, b string) int {
	x, errA := strconv.ParseInt(a, 10, 64)
	y, errB := strconv.ParseInt(b, 10, 64)
	if errA == nil && errB == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(strings.ToLower(a), strings.ToLower(b))
}
