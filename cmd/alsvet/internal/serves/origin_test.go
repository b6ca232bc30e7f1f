package serves_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
)

// TestOrigins receives from a channel that each expression names.
func TestOrigins(t *testing.T) {
	cases := make(map[string]goroutine)
	for expr, answer := range map[string]serves.Answer{
		"s.ch":                    serves.Others,
		"(s.ch)":                  serves.Others,
		"*s.p":                    serves.Others,
		"s.list[0]":               serves.Others,
		"s.list[:1][0]":           serves.Others,
		"s.any.(chan int)":        serves.Others,
		"other":                   serves.Others,
		"alias":                   serves.Others,
		"(<-chan int)(s.ch)":      serves.Others,
		"given":                   serves.Unclear,
		"own":                     serves.Starter,
		"*(&own)":                 serves.Starter,
		"[]chan int{own, own}[0]": serves.Starter,
		"make(chan int)":          serves.Starter,
	} {
		cases[expr] = goroutine{`
			type s struct {
				ch   chan int
				p    *chan int
				list []chan int
				any  any
			}
			var other = make(chan int)
			func (s *s) start(given chan int) {
				own := make(chan int)
				alias := s.ch
				_, _ = own, alias
				go func() { for range ` + expr + ` { } }()
			}`, answer, ""}
	}
	judged(t, cases)
}
