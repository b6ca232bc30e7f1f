package linear

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"
)

// An input is an operation on the register of one goroutine.
type input struct {
	key  uint64 // the ID of the goroutine
	kind kind
	v    int // the value of a store
}

type kind string

const (
	load   kind = "load"
	store  kind = "store"
	remove kind = "delete"
	yield  kind = "yielded by All" // a load by another goroutine
	end    kind = "end"
)

// none is the value of an empty register.
const none = 0

// register is the specification of the value of one goroutine.
var register = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := make(map[uint64][]porcupine.Operation)
		for _, op := range history {
			key := op.Input.(input).key
			byKey[key] = append(byKey[key], op)
		}
		var parts [][]porcupine.Operation
		for _, part := range byKey {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return none },
	Step: func(state, in, out any) (bool, any) {
		switch op := in.(input); op.kind {
		case store:
			return true, op.v
		case remove, end:
			return true, none
		default:
			return out == state, state
		}
	},
	DescribeOperation: func(in, out any) string {
		return fmt.Sprintf("goroutine %d: %s %d -> %v", in.(input).key, in.(input).kind, in.(input).v, out)
	},
}

// A clock orders the calls and returns of a history.
type clock struct{ now atomic.Int64 }

func (c *clock) tick() int64 { return c.now.Add(1) }

// never is the time of the return of an operation that has not been seen to return.
const never = math.MaxInt64

// A log has the operations of one goroutine, which alone writes to it until it has ended.
type log struct {
	*clock
	client int
	ops    []porcupine.Operation
	counts []count
}

// A count is one call of Len.
type count struct {
	call, ret int64
	n         int
}

// record calls do, which returns the output, as the operation in.
func (l *log) record(in input, do func() int) int {
	call := l.tick()
	out := do()
	l.ops = append(l.ops, porcupine.Operation{ClientId: l.client, Input: in, Call: call, Output: out, Return: l.tick()})
	return out
}

// linearizable checks whether a history fits the specification. The result is Unknown if
// that takes too long.
func linearizable(history []porcupine.Operation) porcupine.CheckResult {
	return porcupine.CheckOperationsTimeout(register, history, time.Minute)
}

// lenBounds returns how many registers were full during all of a call of Len, and how many
// may have been full at some time in it. It computes both from the owners' operations.
func lenBounds(history []porcupine.Operation, c count) (least, most int) {
	type life struct {
		full  bool // by the last operation that returned before the call
		since int64
		sure  bool // no operation that begins before the return of the call empties it
		maybe bool // an operation that overlaps the call fills it
	}
	lives := make(map[uint64]*life)
	for _, op := range history {
		in := op.Input.(input)
		if in.kind == load || in.kind == yield {
			continue
		}
		l := lives[in.key]
		if l == nil {
			l = &life{sure: true}
			lives[in.key] = l
		}
		switch {
		case op.Return < c.call:
			if op.Return > l.since {
				l.full, l.since = in.kind == store, op.Return
			}
		case op.Call < c.ret && in.kind == store:
			l.maybe = true
		case op.Call < c.ret:
			l.sure = false
		}
	}
	for _, l := range lives {
		if l.full && l.sure {
			least++
		}
		if l.full || l.maybe {
			most++
		}
	}
	return least, most
}
