package alslog

import (
	"context"
	"log/slog"
	"slices"
)

// New returns a handler that passes records to next, with the additions of the options.
// Any number of goroutines may use it at once if they may use next.
//
// It panics if next or an option is nil, if an attribute was not made by [Attr] or
// [AttrFunc], if two have the same key, or if there are two Levels.
func New(next slog.Handler, opts ...Option) slog.Handler {
	if next == nil {
		panic("alslog: New: next is nil")
	}
	checkOptions("New", opts)
	h := &handler{next: next}
	h.applyAll(opts)
	return h
}

// A handler does not change once New, WithAttrs or WithGroup has returned it.
type handler struct {
	next slog.Handler
	config
	open *group // the innermost group that next was not given, nil if none
}

// A group is one that WithGroup has opened, with the attributes that WithAttrs got since.
type group struct {
	outer *group
	name  string
	attrs []slog.Attr
}

func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	if h.level != nil {
		if least, ok := h.level.GetStore(); ok {
			return level >= least
		}
	}
	return h.next.Enabled(h.contextFor(ctx), level)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	c := *h
	if h.open == nil {
		c.next = h.next.WithAttrs(attrs)
		c.attrs = slices.DeleteFunc(slices.Clone(h.attrs), func(a StoreAttr) bool {
			return slices.ContainsFunc(attrs, a.isOverriddenBy)
		})
		return &c
	}
	g := *h.open
	g.attrs = slices.Concat(g.attrs, attrs)
	c.open = &g
	return &c
}

func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	c := *h
	if h.open == nil && len(h.attrs) == 0 {
		c.next = h.next.WithGroup(name) // no attribute of ours will stand beside the group
		return &c
	}
	c.open = &group{outer: h.open, name: name}
	return &c
}

// isOverriddenBy reports whether an attribute at the top level has a's key. A group without a
// key counts for its attributes, which are at the top level, too.
func (a StoreAttr) isOverriddenBy(other slog.Attr) bool {
	return other.Key == a.key ||
		other.Key == "" && other.Value.Kind() == slog.KindGroup && slices.ContainsFunc(other.Value.Group(), a.isOverriddenBy)
}

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	ctx = h.contextFor(ctx)
	var few [8]slog.Attr
	if h.open == nil {
		if len(h.attrs) == 0 {
			return h.next.Handle(ctx, r)
		}
		r = r.Clone() // others may hold copies
		r.AddAttrs(h.appendStores(few[:0], &r)...)
	} else {
		grouped := h.open.wrap(&r)
		r = slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
		r.AddAttrs(grouped)
		r.AddAttrs(h.appendStores(few[:0], &r)...)
	}
	return h.next.Handle(ctx, r)
}

// appendStores appends the attributes that have a store, unless the record has them.
func (h *handler) appendStores(to []slog.Attr, r *slog.Record) []slog.Attr {
	var few [16]bool
	overridden := append(few[:0], make([]bool, len(h.attrs))...)
	r.Attrs(func(other slog.Attr) bool {
		for i, a := range h.attrs {
			overridden[i] = overridden[i] || a.isOverriddenBy(other)
		}
		return true
	})
	for i, a := range h.attrs {
		if overridden[i] {
			continue
		}
		if v, ok := a.value(); ok {
			to = append(to, slog.Attr{Key: a.key, Value: v})
		}
	}
	return to
}

// wrap returns the outermost open group, with the attributes of all groups and,
// innermost, those of the record.
func (g *group) wrap(r *slog.Record) slog.Attr {
	attrs := make([]slog.Attr, len(g.attrs), len(g.attrs)+r.NumAttrs())
	copy(attrs, g.attrs)
	r.Attrs(func(a slog.Attr) bool {
		attrs = append(attrs, a)
		return true
	})
	for {
		a := slog.Attr{Key: g.name, Value: slog.GroupValue(attrs...)}
		if g = g.outer; g == nil {
			return a
		}
		attrs = append(slices.Clip(g.attrs), a)
	}
}
