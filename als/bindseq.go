package als

import (
	"iter"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// BindSeq returns a sequence of seq's values that runs in the execution context of the
// BindSeq call. The body of a loop over it still runs in the context of the loop:
//
//	rows := als.BindSeq(func(yield func(Row) bool) { ... }) // sees the stores of the BindSeq call
//	for row := range rows { ... }                           // sees the loop's
//
// Sequence and body each continue with the changes that they have made to their own
// context. When the loop ends, by return, break, panic or [runtime.Goexit] in either,
// the caller's context is as the body left it. [Bind] would run the body in the context
// of the sequence. Every range starts from the captured context. Any number of
// goroutines may use the sequence at once, also with [iter.Pull].
//
// If seq calls the body on a goroutine other than that of the loop, the body sees the
// stores of that goroutine.
//
// It costs one allocation. A range over the sequence costs two more than one over seq, and
// each iteration some tens of nanoseconds. Node has no counterpart for generators.
//
// It panics if seq is nil.
func BindSeq[V any](seq iter.Seq[V]) iter.Seq[V] {
	if seq == nil {
		panic("als: BindSeq: seq is nil")
	}
	c := async.Capture()
	return func(yield func(V) bool) {
		var l async.Loop
		l.Enter(c)
		defer l.Leave()
		seq(func(v V) bool {
			if l.EnterBody() {
				defer l.LeaveBody()
			}
			return yield(v)
		})
	}
}

// BindSeq2 is [BindSeq] for sequences of pairs.
//
// It panics if seq is nil.
func BindSeq2[K, V any](seq iter.Seq2[K, V]) iter.Seq2[K, V] {
	if seq == nil {
		panic("als: BindSeq2: seq is nil")
	}
	c := async.Capture()
	return func(yield func(K, V) bool) {
		var l async.Loop
		l.Enter(c)
		defer l.Leave()
		seq(func(k K, v V) bool {
			if l.EnterBody() {
				defer l.LeaveBody()
			}
			return yield(k, v)
		})
	}
}
