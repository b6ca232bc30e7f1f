package g

import (
	"reflect"
	"runtime"
	"sync"
)

// Distances in words from the field with the function that a goroutine was started
// with, in all releases from Go 1.24 on.
const (
	wordsToCreator     = -3
	wordsToGoStatement = -2
)

// Start returns the address of the function that the caller's goroutine was started
// with, 0 if that is unknown. Go statements with arguments start a wrapper.
func Start() uintptr { return ownWord(known.start) }

// GoStatement returns the address behind the go statement that started the caller's
// goroutine, as [runtime.CallersFrames] takes it, and the ID of the goroutine that
// executed it. Both are 0 if they are unknown.
func GoStatement() (pc uintptr, creator uint64) {
	o := origins()
	return ownWord(o.statement), uint64(ownWord(o.creator))
}

// An origin has the offsets of what GoStatement returns, 0 where unknown.
type origin struct{ creator, statement uintptr }

// origins returns the result of findOrigin. The first call searches; the goroutines that
// it starts have ended when it returns.
var origins = sync.OnceValue(findOrigin)

func findOrigin() (o origin) {
	if known.start == 0 {
		return origin{}
	}
	if creator := fromStart(wordsToCreator); creatorLiesAt(creator) {
		o.creator = creator
	}
	if statement := fromStart(wordsToGoStatement); statementLiesAt(statement) {
		o.statement = statement
	}
	return o
}

// fromStart returns the offset that lies the given number of words behind known.start, 0
// if no field can lie there.
func fromStart(words int) uintptr {
	offset := known.start + uintptr(words*int(wordSize))
	if offset >= searchLimit { // also if it is negative
		return 0
	}
	return offset
}

func creatorLiesAt(offset uintptr) bool {
	creator := ownID()
	return onNew(func() bool { return uint64(ownWord(offset)) == creator })
}

func statementLiesAt(offset uintptr) bool {
	starter := runtime.FuncForPC(reflect.ValueOf(onNew).Pointer())
	return onNew(func() bool {
		f := runtime.FuncForPC(ownWord(offset))
		return f != nil && f.Entry() == starter.Entry()
	})
}

// ownWord returns a word of the caller's g, 0 if the offset is not known.
func ownWord(offset uintptr) uintptr {
	if offset == 0 {
		return 0
	}
	return Word(own(), offset)
}
