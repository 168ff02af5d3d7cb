package parser

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"strconv"
)

// An Opt is a value that a capture may lack. The zero Opt is unknown, which is
// never the same as a zero value: it is null in JSON and an empty cell in CSV.
type Opt[T any] struct {
	value T
	known bool
}

// Some is a known value.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, known: true} }

// Found is v if ok, and else unknown: for lookups that may fail.
func Found[T any](v T, ok bool) (o Opt[T]) {
	if ok {
		o = Some(v)
	}
	return o
}

// Text is unknown if it is empty.
func Text(s string) Opt[string] { return Found(s, s != "") }

// Get gives the value, and whether it is known.
func (o Opt[T]) Get() (T, bool) { return o.value, o.known }

// Known reports whether there is a value.
func (o Opt[T]) Known() bool { return o.known }

// Or gives o if it is known, else other.
func (o Opt[T]) Or(other Opt[T]) Opt[T] {
	if o.known {
		return o
	}
	return other
}

// MarshalJSON gives the value's JSON, or null.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.known {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON is the reverse of MarshalJSON.
func (o *Opt[T]) UnmarshalJSON(text []byte) error {
	*o = Opt[T]{}
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	o.known = true
	return json.Unmarshal(text, &o.value)
}

// MarshalCSV gives the value as text, or none. It is what gocsv calls.
func (o Opt[T]) MarshalCSV() (string, error) {
	if !o.known {
		return "", nil
	}
	switch v := any(&o.value).(type) {
	case *string:
		return *v, nil
	case *bool:
		return strconv.FormatBool(*v), nil
	case *uint64:
		return strconv.FormatUint(*v, 10), nil
	case *int64:
		return strconv.FormatInt(*v, 10), nil
	case *float64:
		return strconv.FormatFloat(*v, 'g', -1, 64), nil
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		return string(text), err
	}
	return fmt.Sprint(o.value), nil
}

// UnmarshalCSV is the reverse of MarshalCSV for the types of the rows of this
// module. An empty cell is an unknown value.
func (o *Opt[T]) UnmarshalCSV(text string) (err error) {
	*o = Opt[T]{}
	if text == "" {
		return nil
	}
	switch v := any(&o.value).(type) {
	case *string:
		*v = text
	case *bool:
		*v, err = strconv.ParseBool(text)
	case *uint64:
		*v, err = strconv.ParseUint(text, 10, 64)
	case *int64:
		*v, err = strconv.ParseInt(text, 10, 64)
	case *float64:
		*v, err = strconv.ParseFloat(text, 64)
	case encoding.TextUnmarshaler:
		err = v.UnmarshalText([]byte(text))
	default:
		err = fmt.Errorf("cannot read %q as %T", text, o.value)
	}
	o.known = err == nil
	return err
}
