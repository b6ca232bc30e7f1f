package serves

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/schedulers"
)

// A kind says what a goroutine waits for.
type kind int

const (
	work    kind = iota // a value from a channel, to be worked on
	stop                // a signal: struct{}, bool, error, a context's end
	tick                // time
	read                // a call such as Read, Recv, Next
	accept              // a call such as Accept, Serve
	while               // for cond
	queued              // functions out of a queue
	forever             // a loop without an end
)

// A wait is one place where a goroutine may stay.
type wait struct {
	kind   kind
	origin Origin
	why    string
}

// decides reports whether the wait alone shows that others are served.
func (w wait) decides() bool {
	switch w.kind {
	case work, queued, while, tick:
		return w.origin >= Returned
	default:
		return w.origin == Shared
	}
}

// A walker follows what a goroutine runs.
type walker struct {
	judge   *Judge
	starter *flow.Func // nil if a function is judged by itself
	first   *flow.Func // the goroutine's own function, nil if it is none of the package
	visited map[visit]bool
	waits   []wait
	origins map[question]Origin // of variables, once asked for
	unknown string              // a call of what cannot be looked into
	handed  bool                // it calls functions, or works on values, that others handed over
	sent    map[*types.Var]bool // channels that it sends to or closes
	used    map[*types.Var]bool // variables that it mentions
}

type visit struct {
	f      *flow.Func
	inLoop bool
}

// An env says what the parameters of a function are, in terms of its caller.
type env struct {
	args   map[*types.Var]ast.Expr
	caller *env
}

// A goroutine is followed through so many calls, and so many functions.
const (
	maxDepth = 10
	maxFuncs = 300
)

func (j *Judge) walk(f *flow.Func, e *env) *walker {
	w := &walker{judge: j, first: f, visited: make(map[visit]bool)}
	w.function(f, e, false, 0)
	return w
}

// start walks the function of a goroutine.
func (w *walker) start(fun ast.Expr, args []ast.Expr) {
	c := w.judge.flow.Callees(fun)
	if len(c.Funcs) == 1 {
		w.first = c.Funcs[0]
	}
	w.callees(c, fun, args, nil, false, 0)
}

// callees walks what a call may call.
func (w *walker) callees(c flow.Callees, fun ast.Expr, args []ast.Expr, e *env, inLoop bool, depth int) {
	for _, f := range c.Funcs {
		w.function(f, w.bind(f, fun, args, e), inLoop, depth+1)
	}
	for _, fn := range c.Foreign {
		w.foreign(fn, fun, args, e, inLoop, depth)
	}
	for _, v := range c.Params {
		arg, outer := e.lookup(v)
		if arg == nil {
			w.handed = w.handed || !ownFunction.MatchString(v.Name())
			continue
		}
		w.callees(w.judge.flow.Callees(arg), arg, nil, outer, inLoop, depth+1)
	}
}

func (e *env) lookup(v *types.Var) (ast.Expr, *env) {
	for ; e != nil; e = e.caller {
		if arg := e.args[v]; arg != nil {
			return arg, e.caller
		}
	}
	return nil, nil
}

// bind returns the environment of a call of f.
func (w *walker) bind(f *flow.Func, fun ast.Expr, args []ast.Expr, caller *env) *env {
	e := &env{args: make(map[*types.Var]ast.Expr), caller: caller}
	for i, arg := range args {
		if v := f.Param(i); v != nil {
			e.args[v] = arg
		}
	}
	if sel, ok := ast.Unparen(fun).(*ast.SelectorExpr); ok && f.Obj != nil {
		if recv := f.Obj.Signature().Recv(); recv != nil {
			if s := w.judge.info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
				e.args[recv] = sel.X
			} else if len(args) > 0 { // a method expression
				e.args[recv] = args[0]
			}
		}
	}
	return e
}

// function walks a body.
func (w *walker) function(f *flow.Func, e *env, inLoop bool, depth int) {
	v := visit{f, inLoop}
	if w.visited[v] || depth > maxDepth || len(w.visited) == maxFuncs || f.Body() == nil {
		return
	}
	w.visited[v] = true
	b := &body{walker: w, f: f, env: e, inLoop: inLoop, depth: depth}
	b.stmts(f.Body())
}

// A body is one function as it is walked.
type body struct {
	*walker
	f      *flow.Func
	env    *env
	inLoop bool // in a loop that need not end
	depth  int
}

func (b *body) add(k kind, source ast.Expr, origin Origin, format string) {
	text := ""
	pos := b.f.Node.Pos()
	if source != nil {
		text, pos = " "+flow.Text(source), source.Pos()
	}
	b.waits = append(b.waits, wait{k, origin, "it " + format + text + " (" + b.judge.position(pos) + ")"})
}

// stmts walks a node, without the goroutines that it starts and the literals in it,
// unless they are called.
func (b *body) stmts(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == b.f.Node
		case *ast.GoStmt:
			for _, arg := range n.Call.Args {
				b.stmts(arg)
			}
			return false
		case *ast.Ident:
			b.mention(n)
		case *ast.SendStmt:
			b.send(n.Chan)
		case *ast.ForStmt:
			b.forLoop(n)
			return false
		case *ast.RangeStmt:
			b.rangeLoop(n)
			return false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				b.receive(n.X)
			}
		case *ast.CallExpr:
			b.call(n)
		}
		return true
	})
}

func (b *body) mention(id *ast.Ident) {
	if v, ok := b.judge.info.Uses[id].(*types.Var); ok {
		b.mentions(v)
		if arg, _ := b.env.lookup(v); arg != nil {
			b.mentions(b.judge.root(arg))
		}
	}
}

func (w *walker) mentions(v *types.Var) {
	if w.used == nil {
		w.used = make(map[*types.Var]bool)
	}
	w.used[v] = true
}

func (b *body) send(ch ast.Expr) {
	if b.sent == nil {
		b.sent = make(map[*types.Var]bool)
	}
	e := b.env
	for root := b.judge.root(ch); root != nil; {
		b.sent[root] = true
		arg, outer := e.lookup(root)
		if arg == nil {
			return
		}
		root, e = b.judge.root(arg), outer
	}
}

// forLoop walks a for statement. With a local condition, or three clauses, it ends by
// itself; without a condition it is left from inside, or never.
func (b *body) forLoop(n *ast.ForStmt) {
	inner := *b
	if n.Init != nil {
		b.stmts(n.Init)
	}
	switch {
	case n.Cond == nil:
		inner.inLoop = true
		if !leaves(n) {
			b.add(forever, nil, Shared, "loops for ever")
		}
	case n.Post == nil && !b.endsLocally(n):
		inner.inLoop = true
		b.add(while, n.Cond, b.worst(n.Cond), "loops while")
	}
	if n.Cond != nil {
		inner.stmts(n.Cond)
	}
	if n.Post != nil {
		inner.stmts(n.Post)
	}
	inner.stmts(n.Body)
}

// endsLocally reports whether the loop assigns to what its condition depends on: a local
// variable, or a field.
func (b *body) endsLocally(n *ast.ForStmt) bool {
	tests := make(map[string]bool)
	ast.Inspect(n.Cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if v, ok := b.judge.info.Uses[n].(*types.Var); ok && b.judge.flow.OwnerOf(v) != nil {
				tests[n.Name] = true
			}
		case *ast.SelectorExpr:
			tests[types.ExprString(n)] = true
			return false
		}
		return true
	})
	found := false
	note := func(e ast.Expr) { found = found || tests[types.ExprString(ast.Unparen(e))] }
	ast.Inspect(n.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				note(lhs)
			}
		case *ast.IncDecStmt:
			note(n.X)
		}
		return !found
	})
	return found
}

// leaves reports whether a loop has a statement that leaves it.
func leaves(loop *ast.ForStmt) bool {
	found := false
	depth := 0
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO || n.Tok == token.BREAK && (n.Label != nil || depth == 0)
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "panic" {
				found = true
			}
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Goexit" || sel.Sel.Name == "Exit") {
				found = true
			}
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			depth++
			for _, child := range children(n) {
				ast.Inspect(child, visit)
			}
			depth--
			return false
		}
		return !found
	}
	ast.Inspect(loop.Body, visit)
	return found
}

func children(n ast.Node) (list []ast.Node) {
	ast.Inspect(n, func(c ast.Node) bool {
		if c == n {
			return true
		}
		if c != nil {
			list = append(list, c)
		}
		return false
	})
	return list
}

func (b *body) rangeLoop(n *ast.RangeStmt) {
	inner := *b
	b.stmts(n.X)
	if t := b.judge.info.TypeOf(n.X); t != nil {
		if ch, ok := t.Underlying().(*types.Chan); ok {
			inner.inLoop = true
			b.add(channelKind(ch), n.X, b.origin(n.X), "ranges over the channel")
		}
	}
	inner.stmts(n.Body)
}

// receive is for <-ch.
func (b *body) receive(ch ast.Expr) {
	t := b.judge.info.TypeOf(ch)
	if t == nil {
		return
	}
	c, ok := t.Underlying().(*types.Chan)
	if !ok {
		return
	}
	k := channelKind(c)
	switch {
	case b.inLoop && k == tick: // it beats for as long as what it belongs to lives
		b.add(k, ch, max(b.origin(ch), b.receiver()), "receives in a loop from")
	case b.inLoop:
		b.add(k, ch, b.origin(ch), "receives in a loop from")
	case isFunction(c.Elem()) && b.origin(ch) > Own:
		b.add(queued, ch, b.origin(ch), "runs what comes from")
	}
}

// receiver returns the origin of the method's receiver.
func (b *body) receiver() Origin {
	if b.f.Obj == nil || b.f.Obj.Signature().Recv() == nil {
		return Own
	}
	return b.variable(b.f.Obj.Signature().Recv(), b.env, 0)
}

func channelKind(c *types.Chan) kind {
	switch t := c.Elem().Underlying().(type) {
	case *types.Struct:
		if t.NumFields() == 0 {
			return stop
		}
		if types.TypeString(c.Elem(), nil) == "time.Time" {
			return tick
		}
	case *types.Basic:
		if _, named := types.Unalias(c.Elem()).(*types.Named); t.Kind() == types.Bool || named && t.Info()&types.IsInteger != 0 {
			return stop // or another signal, such as the state of a connection
		}
	case *types.Interface:
		switch types.TypeString(c.Elem(), nil) {
		case "error", "os.Signal":
			return stop
		}
	}
	return work
}

// call walks a call.
func (b *body) call(n *ast.CallExpr) {
	info := b.judge.info
	tv := info.Types[n.Fun]
	if tv.IsType() {
		return
	}
	if tv.IsBuiltin() {
		if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && id.Name == "close" {
			b.send(n.Args[0])
		}
		return
	}
	if b.inLoop && known.Is(info, n, "time.Sleep") {
		b.add(tick, n.Fun, b.receiver(), "calls in a loop")
	}
	c := b.judge.flow.Callees(n.Fun)
	b.queued(n)
	if c.Unknown {
		b.dynamic(n)
	}
	b.handed = b.handed || b.worksOnHanded(n)
	b.callees(c, n.Fun, n.Args, b.env, b.inLoop, b.depth)
}

// queued is for calls of function values, or fields of values, out of a queue.
func (b *body) queued(n *ast.CallExpr) {
	if b.judge.flow.Assigned.Variable(n.Fun) == nil {
		return
	}
	if v := b.judge.root(n.Fun); v != nil {
		if source := b.judge.popped(v, 0); source != nil && b.origin(source) > Own {
			b.add(queued, source, b.origin(source), "runs functions out of")
		}
	}
}

// dynamic is for calls of unknown function values.
func (b *body) dynamic(n *ast.CallExpr) {
	v := b.judge.flow.Assigned.Variable(n.Fun)
	b.handed = b.handed || v == nil || !ownFunction.MatchString(v.Name())
	if v == nil {
		return
	}
	if serverName.MatchString(v.Name()) {
		b.suspect(v.Name())
	}
}

var (
	readName   = regexp.MustCompile(`^(Read|Recv|Receive|Next|Poll|Fetch|Scan|Wait|Pop|Take|Dequeue|read|recv|receive|next|poll|fetch|scan|wait|pop|take|dequeue)([A-Z].*)?$`)
	acceptName = regexp.MustCompile(`^(Accept|Serve|ListenAndServe|accept|serve)([A-Z].*)?$`)
	serverName = regexp.MustCompile(`(?i)^(run|start|listen|watch|consume|subscribe|work|worker|process|monitor|handle|.*loop|.*check(er|func)?|.*heartbeat|keepalive|refresh|poll)$`)
)

// foreign is for calls of functions of other packages and of interfaces.
func (w *walker) foreign(fn *types.Func, fun ast.Expr, args []ast.Expr, e *env, inLoop bool, depth int) {
	name := fn.Name()
	b := &body{walker: w, f: w.first, env: e, depth: depth}
	if w.first == nil {
		b.f = w.starter
	}
	if b.f == nil || fn.Pkg() == nil || known.InModule(fn.Pkg().Path()) {
		return
	}
	std := flow.IsStandard(fn.Pkg().Path())
	w.handed = w.handed || !std && isInterface(fn) && handlerName.MatchString(name)
	var source ast.Expr
	if sel, ok := ast.Unparen(fun).(*ast.SelectorExpr); ok {
		source = sel.X
	}
	w.arguments(fn, std, args, e, inLoop, depth)
	if known.Name(fn) == "(*sync.Cond).Wait" {
		b.handed = true // with what it is woken for
		b.add(read, source, b.origin(source), "waits for")
		return
	}
	if fact := new(Stays); w.judge.pass.ImportObjectFact(fn.Origin(), fact) {
		k := work
		if fact.Accepts {
			k = accept
		}
		b.waits = append(b.waits, wait{k, Shared, "it calls " + flow.Text(fun) + ", and " + fact.Why})
		return
	}
	switch {
	case acceptName.MatchString(name) && name != "ServeHTTP" && (inLoop || name != "Accept"):
		b.add(accept, fun, Shared, "calls")
	case std && (known.Name(fn) == "time.Sleep" || name == "Wait" && fn.Pkg().Path() == "sync"):
	case inLoop && readName.MatchString(name) && source != nil && w.judge.isValue(source):
		b.add(read, source, b.origin(source), name+"s in a loop from")
	case !std && !inLoop && isInterface(fn) && serverName.MatchString(name):
		b.suspect(flow.Text(fun))
	}
}

// arguments walks the functions that a function of another package is given to call.
func (w *walker) arguments(fn *types.Func, std bool, args []ast.Expr, e *env, inLoop bool, depth int) {
	if _, elsewhere := schedulers.Known[known.Name(fn)]; elsewhere {
		return
	}
	calls := w.judge.flow.FactOf(fn).Calls
	for i, arg := range args {
		if t := w.judge.info.TypeOf(arg); t != nil && (std || slices.Contains(calls, i)) {
			if _, isFunc := t.Underlying().(*types.Signature); isFunc {
				w.callees(w.judge.flow.Callees(arg), arg, nil, e, inLoop, depth+1)
			}
		}
	}
}

func (w *walker) suspect(name string) {
	if w.unknown == "" {
		w.unknown = "it calls " + name + ", which may stay"
	}
}

func isInterface(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// isValue reports whether an expression is no package name.
func (j *Judge) isValue(e ast.Expr) bool {
	tv, ok := j.info.Types[e]
	return ok && tv.IsValue()
}
