package alsdebug

import (
	"bytes"
	"encoding/json"
	"html/template"
	"io"
	"time"
)

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"clock": func(t time.Time) string { return t.Format("15:04:05") },
	"took":  func(micros int64) string { return (time.Duration(micros) * time.Microsecond).String() },
	"count": count,
	"times": func(n int) []struct{} { return make([]struct{}, min(n, maxDepth)) },
}).ParseFS(assets, "assets/*.html"))

// maxDepth is how far the tree of async resources is indented.
const maxDepth = 20

// A textual view can be written as text, besides HTML and JSON.
type textual interface{ writeText(w io.Writer) }

// render returns a view in a format. name is that of its HTML template.
func render(f format, name string, v textual) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch f {
	case html:
		err = templates.ExecuteTemplate(&b, name, v)
	case jsonFormat:
		encoder := json.NewEncoder(&b)
		encoder.SetIndent("", "\t")
		err = encoder.Encode(v)
	default:
		v.writeText(&b)
	}
	return b.Bytes(), err
}
