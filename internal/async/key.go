package async

import (
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
)

// A Key is the engine's half of a storage: one word, whose token marks the cells with
// its stores. The zero Key has never been used and has no cell.
type Key struct {
	// token is 0 until the first use, then a generation of one index. It is
	// written under registry.mu and read by any goroutine; assembly reads it too.
	token atomic.Uint64
}

// Token returns the key's current token, 0 if the key has never been used.
func (k *Key) Token() Token { return Token(k.token.Load()) }

// KeyOptions configure a key.
type KeyOptions struct {
	Name     string // appears in loss reports
	Revoke   bool   // the end of a layer revokes its store
	Inherit  Inheritance
	Labelled bool // its stores are in a LabelledBox
}

// Use gives the key its token, if it has none yet, for stores of type t. The index
// is released when the key is collected; a key in a package variable keeps it for
// good. The runtime lists the cleanups of one allocation in order of address, and walks that
// list for each. So the first uses of all keys in one slice take quadratic time: 10,000 of
// them some 0.3 s, nearly all of it in AddCleanup. Keys that are allocated one by one do not.
//
// The caller's current stores have other homes than k, if there is an index for that; see
// homes.
func (k *Key) Use(t reflect.Type, o KeyOptions) Token {
	r := Current() // before the lock: an observer may run
	registry.mu.Lock()
	defer registry.mu.Unlock()
	if used := k.Token(); used != 0 {
		return used
	}
	shape := shapeOf(t)
	if o.Revoke {
		shape = revocableShape(t, shape)
	}
	purpose := o.Inherit.purpose()
	if o.Labelled {
		purpose |= labelled
		shape = boxed
		if o.Revoke {
			shape = revocable
		}
	}
	purpose.markInUse()
	index, fresh := registry.allocate(shape|purpose, takenBy(r))
	registry.about[index] = about{o.Name, t}
	k.token.Store(uint64(fresh))
	runtime.AddCleanup(k, registry.release, index)
	return fresh
}

// Disable gives the key a new token. The stores in cells with the old one, in every
// record and every context, are thereby no stores of the key any more.
func (k *Key) Disable() {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	if used := k.Token(); used != 0 {
		k.token.Store(uint64(registry.advance(used.Index())))
	}
}

// Describe returns the name of the key with an index, "" if it is unnamed, and the type of
// its stores. Both are "" if the key has been collected.
func Describe(index uint32) (name, typ string) {
	if t := typeOf(index); t != nil {
		typ = t.String()
	}
	return NameOf(index), typ
}

// infoOf describes the key with token t. It returns nil if t is stale: then the index
// may be another key's.
func infoOf(t Token) *KeyInfo {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	about := registry.about[t.Index()]
	if about.typ == nil || registry.stale(t) {
		return nil
	}
	return &KeyInfo{t.Index(), about.name, about.typ}
}

// KeysInUse returns how many keys have an index, and how many indexes there are, in use or
// free.
func KeysInUse() (keys, indexes int) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	return len(registry.about), int(registry.last)
}

// NameOf returns the name of the key with an index, "" if it is unnamed or was collected.
func NameOf(index uint32) string {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	return registry.about[index].name
}

// DescriptionOf returns the name of the key with an index, or the type of its stores if it
// is unnamed. It returns "" if the key has been collected.
func DescriptionOf(index uint32) string {
	if name := NameOf(index); name != "" {
		return name
	}
	if t := typeOf(index); t != nil {
		return t.String()
	}
	return ""
}

// typeOf returns the type of the stores of the key with an index, nil if the key has been
// collected.
func typeOf(index uint32) reflect.Type {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	return registry.about[index].typ
}

// registry gives out indexes and remembers the current token of each.
var registry = keys{about: make(map[uint32]about)}

// about is what reports show of a key.
type about struct {
	name string
	typ  reflect.Type
}

type keys struct {
	mu   sync.Mutex
	free []uint32 // released; the last one is reused first, so that arrays of cells stay short
	last uint32   // how many indexes there are; 0 is no index

	about map[uint32]about // of the keys in use

	// tokens[i] is the current token of index i; its generation outlives the key.
	// Replaced by a longer copy under mu. Reads without mu may be stale. That is
	// harmless: they only decide which cells not to copy.
	tokens atomic.Pointer[[]atomic.Uint64]
}

// allocate returns a free index and its token for a key of the given shape and purpose. It
// avoids the homes that are taken.
func (ks *keys) allocate(shape Token, taken homes) (uint32, Token) {
	index := ks.take(taken)
	entry := &(*ks.tokens.Load())[index]
	generations := Token(entry.Load()) >> generationShift << generationShift
	fresh := generations.next() | Token(index)<<indexShift | shape
	entry.Store(uint64(fresh))
	return index, fresh
}

// extend makes an index that no key has had.
func (ks *keys) extend() uint32 {
	if ks.last == 1<<indexBits-1 {
		panic("als: more than 16777215 storages in use at once")
	}
	ks.last++
	index := scatter(ks.last)
	ks.reserve(index)
	return index
}

// scatter returns the index of the nth key. The low bits of an index are the place of
// its cells. Programs make storages in groups, such as one of each kind for each tenant.
// If the size of a group is a power of two, the keys of one kind agree in their low bits.
// An array with a place for each would be many times too large. So scatter mixes the
// higher bits into the low ones. The first 256 keys lie side by side. No two keys have
// one index, and the index has as many bits as n.
func scatter(n uint32) uint32 { return n ^ n>>8 ^ n>>16 }

// advance moves an index on to its next generation. It panics if there is none: with a
// token that was used before, the stores of that time would be current again.
func (ks *keys) advance(index uint32) Token {
	entry := &(*ks.tokens.Load())[index]
	next := Token(entry.Load()).next()
	if next.IsVacant() {
		panic("als: Storage.Disable: called more than two billion times")
	}
	entry.Store(uint64(next))
	return next
}

// release frees the index of a collected key for reuse, unless too few of its generations
// are left. It runs on the runtime's cleanup goroutine. Stores that are still in cells
// somewhere become stale: after the last generation the token is vacant, and no store's.
func (ks *keys) release(index uint32) {
	ks.mu.Lock()
	defer ks.mu.Unlock()
	delete(ks.about, index)
	entry := &(*ks.tokens.Load())[index]
	next := Token(entry.Load()).next()
	entry.Store(uint64(next))
	if !next.IsVacant() && !next.lastGenerations() {
		ks.free = append(ks.free, index)
	}
}

func (ks *keys) reserve(index uint32) {
	var tokens []atomic.Uint64
	if p := ks.tokens.Load(); p != nil {
		tokens = *p
	}
	if int(index) < len(tokens) {
		return
	}
	longer := make([]atomic.Uint64, max(64, 2*len(tokens)))
	for i := range tokens {
		longer[i].Store(tokens[i].Load())
	}
	ks.tokens.Store(&longer)
}

// stale reports whether a token is no longer the current one of its index. It may still
// return false for a moment after a change.
func (ks *keys) stale(t Token) bool {
	tokens := *ks.tokens.Load()
	return uint64(t) != tokens[t.Index()].Load()
}
