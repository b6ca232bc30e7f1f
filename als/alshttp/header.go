package alshttp

import (
	"fmt"
	"net/http"
	"net/textproto"
	"strings"
)

// Header returns the option with which a [Transport] adds a header to every request,
// with the value that value returns in the sender's context. It adds none if the value
// is "". Use [HeaderFunc] for a number, which is never "".
//
//	alshttp.Header("X-Request-Id", requestID.Get)
//
// A header of this name that the request already has stays. One set to nil keeps the
// header from being sent. RoundTrip fails if a value has a control character, such as a
// line break. Every server that the client asks gets the header, also after a redirect.
// Give a client of foreign servers a Transport without it.
//
// It panics if name is not a valid header name or value is nil.
func Header(name string, value func() string) TransportOption {
	if value == nil {
		panic("alshttp: Header: value is nil")
	}
	return newHeader("Header", name, notEmpty(value))
}

// HeaderFunc is [Header] for a function that reports whether there is a value: if ok is
// false no header is added, and if it is true an empty value is sent, too. The GetStore
// of a storage of strings is such a function.
//
//	alshttp.HeaderFunc("X-Request-Id", requestID.GetStore)
//	alshttp.HeaderFunc("X-User", func() (string, bool) {
//		id, ok := user.GetStore()
//		return strconv.Itoa(id), ok
//	})
//
// It panics if name is not a valid header name or value is nil.
func HeaderFunc(name string, value func() (value string, ok bool)) TransportOption {
	if value == nil {
		panic("alshttp: HeaderFunc: value is nil")
	}
	return newHeader("HeaderFunc", name, value)
}

func newHeader(caller, name string, value func() (string, bool)) header {
	if name == "" {
		panic("alshttp: " + caller + ": name is empty")
	}
	if !validName(name) {
		panic("alshttp: " + caller + ": name is not a valid header name")
	}
	return header{textproto.CanonicalMIMEHeaderKey(name), value}
}

func notEmpty(value func() string) func() (string, bool) {
	return func() (string, bool) {
		v := value()
		return v, v != ""
	}
}

// A header is one that a Transport adds to requests.
type header struct {
	name  string // in its canonical form
	value func() (value string, ok bool)
}

func (h header) apply(t *transport) { t.headers = append(t.headers, h) }

// isIn reports whether a request already has the header. Its name may have another case
// if it was put into the map without http.Header.Set.
func (h header) isIn(headers http.Header) bool {
	if _, ok := headers[h.name]; ok {
		return true
	}
	for name := range headers {
		if len(name) == len(h.name) && strings.EqualFold(name, h.name) {
			return true
		}
	}
	return false
}

// withHeaders returns the request with the headers of the options.
func (t *transport) withHeaders(r *http.Request) (*http.Request, error) {
	changed := false
	for _, h := range t.headers {
		if h.isIn(r.Header) {
			continue
		}
		value, ok := h.value()
		if !ok {
			continue
		}
		if !validValue(value) {
			// Without the value, which may be a secret, as in net/http.
			return nil, fmt.Errorf("alshttp: the value of header %s has a control character", h.name)
		}
		if !changed {
			changed = true
			c := *r
			if c.Header = r.Header.Clone(); c.Header == nil {
				c.Header = make(http.Header)
			}
			r = &c
		}
		r.Header[h.name] = []string{value}
	}
	return r, nil
}

// validName reports whether a header can have a name: a token of RFC 9110.
func validName(name string) bool {
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)):
			return false
		}
	}
	return name != ""
}

// validValue reports whether a header can have a value. As in net/http, that need not be
// ASCII.
func validValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
