package ops

// A System is the short name of a system that is compared.
type System string

const (
	ALS         System = "als"
	Inherit     System = "als+inherit"
	Context     System = "context"
	Context5    System = "context-5"
	Context10   System = "context-10"
	ContextSame System = "context-same"
	Go          System = "go"
	Routine     System = "routine"
	ModernGo    System = "modern-go"
	Jtolds      System = "jtolds"
	GoidMap     System = "goid+sync.Map"

	Table   System = "gls.Table"
	SyncMap System = "sync.Map"
	Sharded System = "RWMutex-sharded"
	Xsync   System = "xsync"
	Haxmap  System = "haxmap"

	HooksOff   System = "hooks-off"
	HooksAfter System = "hooks-after-Disable"
	HooksOn    System = "hooks-on"
)

// A Peer describes a system.
type Peer struct {
	Title  string
	About  string
	Module string // its version is in the report; "" for the standard library and us
	Tag    string // the build tag that leaves it out, "" if there is none
}

// Peers describes the systems.
var Peers = map[System]Peer{
	ALS:         {Title: "als", About: "this module: Storage.Run, Storage.GetStore, als.Go"},
	Inherit:     {Title: "als, als/inherit linked", About: "the same in a program that imports als/inherit, another process that takes turns with the others; plain go statements start the goroutines"},
	Context:     {Title: "context.Context", About: "the standard library's: context.WithValue, ctx.Value one level deep, the context passed on as a parameter or by a closure"},
	Context5:    {Title: "context.Context, 5 levels", About: "the same with four other values set after the one that is read"},
	Context10:   {Title: "context.Context, 10 levels", About: "the same with nine other values set after the one that is read"},
	ContextSame: {Title: "context.Context, as many", About: "the same with as many values, or as many levels, as the row says"},
	Go:          {Title: "go statement", About: "a plain go statement that carries nothing"},
	Routine:     {Title: "timandy/routine", About: "a value in the goroutine's pprof labels; it has no scopes: Get, Set, deferred Set of the old value", Module: "github.com/timandy/routine", Tag: "without_routine"},
	ModernGo:    {Title: "modern-go/gls", About: "a map per goroutine in a global sharded map: WithGls, Set, Get; a nested WithGls loses the outer values when it ends", Module: "github.com/modern-go/gls", Tag: "without_modern_go"},
	Jtolds:      {Title: "jtolds/gls", About: "an ID written into the call stack, read by walking it: SetValues, GetValue, gls.Go", Module: "github.com/jtolds/gls", Tag: "without_jtolds"},
	GoidMap:     {Title: "goid + sync.Map", About: "a hand-written sync.Map from petermattis/goid's ID to the value, stored and restored around a call; a value is freed only if the program deletes it", Module: "github.com/petermattis/goid"},

	Table:   {Title: "gls.Table", About: "this module: the lock-free table from the calling goroutine to a value"},
	SyncMap: {Title: "sync.Map", About: "the standard library's, keyed by goroutine.ID, as are the maps below"},
	Sharded: {Title: "RWMutex-sharded map", About: "64 maps, each with a lock on a cache line of its own"},
	Xsync:   {Title: "puzpuzpuz/xsync", About: "xsync.Map", Module: "github.com/puzpuzpuz/xsync/v4", Tag: "without_xsync"},
	Haxmap:  {Title: "alphadose/haxmap", About: "haxmap.Map", Module: "github.com/alphadose/haxmap", Tag: "without_haxmap"},

	HooksOff:   {Title: "no hook", About: "no hook is enabled"},
	HooksAfter: {Title: "after Disable", About: "a hook was enabled and disabled right before"},
	HooksOn:    {Title: "one hook", About: "one hook with all four callbacks, which do nothing, is enabled"},
}

// Title returns a system's title.
func (s System) Title() string {
	if p, ok := Peers[s]; ok {
		return p.Title
	}
	return string(s)
}
