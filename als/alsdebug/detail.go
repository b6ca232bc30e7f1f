package alsdebug

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/seed-1938943e/goroutine/internal/inspect"
)

// A detail is the content of the page of one goroutine. Its JSON is documented in
// docs/debug.md.
type detail struct {
	Version    int            `json:"version"`
	Taken      time.Time      `json:"taken"`
	Goroutine  goroutineRow   `json:"goroutine"`
	Found      bool           `json:"found"`      // it holds stores, or the traceback lists it
	Holds      bool           `json:"holds"`      // it holds stores
	Stack      string         `json:"stack"`      // "" without a traceback
	Tracebacks bool           `json:"tracebacks"` // the picture has a traceback
	Started    []goroutineRow `json:"children"`   // the first goroutines that it started and that hold stores
	Children   int            `json:"childCount"` // how many there are
	Unseen     []string       `json:"unseen"`
}

const (
	shownChildren = 50
	maxStack      = 64 << 10 // bytes
)

func detailOf(p *inspect.Picture, id uint64) *detail {
	d := &detail{
		Version: version, Taken: p.Taken, Goroutine: goroutineRow{ID: id, State: "unknown", Stores: []storeRow{}},
		Tracebacks: p.Stacks != nil, Started: []goroutineRow{}, Unseen: unseen(p),
	}
	i, holds := slices.BinarySearchFunc(p.Holders, id, func(h inspect.Goroutine, id uint64) int {
		return cmp.Compare(h.ID, id)
	})
	stack, listed := p.Stacks[id]
	switch {
	case holds:
		d.Goroutine = rowOf(&p.Holders[i], detailedStores)
	case listed:
		d.Goroutine = rowOf(&inspect.Goroutine{ID: id, Stack: &stack}, 0)
	}
	d.Holds, d.Found = holds, holds || listed
	d.Stack = strings.ToValidUTF8(stack.Text[:min(len(stack.Text), maxStack)], "\uFFFD")
	for i := range p.Holders {
		if p.Holders[i].Creator() != id {
			continue
		}
		if d.Children++; len(d.Started) < shownChildren {
			d.Started = append(d.Started, rowOf(&p.Holders[i], shownStores))
		}
	}
	return d
}
