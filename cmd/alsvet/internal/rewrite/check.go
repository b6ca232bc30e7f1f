package rewrite

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// A checker reports whether a package with edits compiles, and whether each name that the
// edits leave in place refers to what it did.
type checker struct {
	pass     *analysis.Pass
	imported map[string]*types.Package
}

func newChecker(pass *analysis.Pass) *checker {
	c := &checker{pass: pass, imported: map[string]*types.Package{"unsafe": types.Unsafe}}
	for _, p := range pass.Pkg.Imports() {
		c.imported[p.Path()] = p
	}
	for _, file := range pass.Files {
		for _, spec := range file.Imports {
			if name := pass.TypesInfo.PkgNameOf(spec); name != nil {
				c.imported[path(spec)] = name.Imported() // a vendored package has another path
			}
		}
	}
	return c
}

// Import implements types.Importer for als and the imports of the package.
func (c *checker) Import(path string) (*types.Package, error) {
	if p := c.imported[path]; p != nil {
		return p, nil
	}
	if path != known.ALS {
		return nil, errors.New("not imported")
	}
	p, err := c.standIn()
	if err == nil {
		c.imported[path] = p
	}
	return p, err
}

// standIn returns a package with the functions of als that fixes call, for packages that
// do not import als yet.
func (c *checker) standIn() (*types.Package, error) {
	text := "package als\nfunc Go(func()) {}\nfunc Bind[F any](fn F) F { return fn }\nfunc Outlive[F any](fn F) F { return fn }\n"
	if c.imported["time"] != nil {
		text += "func AfterFunc(d time.Duration, fn func()) *time.Timer { return time.AfterFunc(d, fn) }\n"
		text = "package als; import \"time\"\n" + text[len("package als\n"):]
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "als.go", text, 0)
	if err != nil {
		return nil, err
	}
	config := types.Config{Importer: c}
	return config.Check(known.ALS, fset, []*ast.File{file}, nil)
}

// holds reports whether the edits may be made.
func (c *checker) holds(edits []analysis.TextEdit) bool {
	changed, ok := byFile(c.pass.Fset, edits)
	if !ok {
		return false
	}
	var files []*ast.File
	var fixed []*fixedFile
	defer func() {
		for _, f := range fixed {
			c.pass.Fset.RemoveFile(f.tokens)
		}
	}()
	for _, file := range c.pass.Files {
		list := changed[c.pass.Fset.File(file.FileStart)]
		if len(list) == 0 {
			files = append(files, file)
			continue
		}
		f := c.apply(file, list)
		if f == nil {
			return false
		}
		fixed = append(fixed, f)
		files = append(files, f.after)
	}
	info := &types.Info{
		Defs:      make(map[*ast.Ident]types.Object),
		Uses:      make(map[*ast.Ident]types.Object),
		Implicits: make(map[ast.Node]types.Object),
	}
	config := types.Config{Importer: c, Sizes: c.pass.TypesSizes, GoVersion: c.pass.Pkg.GoVersion()}
	if _, err := config.Check(c.pass.Pkg.Path(), c.pass.Fset, files, info); err != nil {
		return false
	}
	for _, f := range fixed {
		if !f.means(c.pass.TypesInfo, info, fixed) {
			return false
		}
	}
	return true
}

// A fixedFile is a file before and after its edits.
type fixedFile struct {
	before, after *ast.File
	old, tokens   *token.File
	edits         []analysis.TextEdit
}

// apply makes the edits and parses the result.
func (c *checker) apply(file *ast.File, edits []analysis.TextEdit) *fixedFile {
	old := c.pass.Fset.File(file.FileStart)
	text, err := c.pass.ReadFile(old.Name())
	if err != nil {
		return nil
	}
	var out bytes.Buffer
	last := 0
	for _, edit := range edits {
		out.Write(text[last:old.Offset(edit.Pos)])
		out.Write(edit.NewText)
		last = old.Offset(edit.End)
	}
	out.Write(text[last:])
	after, err := parser.ParseFile(c.pass.Fset, old.Name(), out.Bytes(), parser.ParseComments|parser.SkipObjectResolution)
	if after == nil {
		return nil
	}
	f := &fixedFile{before: file, after: after, old: old, tokens: c.pass.Fset.File(after.FileStart), edits: edits}
	if err != nil {
		c.pass.Fset.RemoveFile(f.tokens)
		return nil
	}
	return f
}

// moved returns the offset in the fixed file of a position of the old one, false if its
// text was replaced.
func (f *fixedFile) moved(pos token.Pos) (int, bool) {
	shift := 0
	for _, edit := range f.edits {
		if pos < edit.Pos {
			break
		}
		if pos < edit.End {
			return 0, false
		}
		shift += len(edit.NewText) - int(edit.End-edit.Pos)
	}
	return f.old.Offset(pos) + shift, true
}

// means reports whether each name that was left in place refers to what it did. A
// parameter that was made a variable has its name and its type.
func (f *fixedFile) means(before, after *types.Info, fixed []*fixedFile) bool {
	now := make(map[int]*ast.Ident)
	ast.Inspect(f.after, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			now[f.tokens.Offset(id.Pos())] = id
		}
		return true
	})
	same := true
	ast.Inspect(f.before, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || !same {
			return same
		}
		offset, left := f.moved(id.Pos())
		obj := before.ObjectOf(id)
		if !left || obj == nil {
			return true
		}
		other := now[offset]
		if other == nil || other.Name != id.Name || after.ObjectOf(other) == nil {
			same = false
			return false
		}
		same = (before.Defs[id] == nil) == (after.Defs[other] == nil) && sameObject(obj, after.ObjectOf(other), fixed)
		return same
	})
	return same
}

// sameObject reports whether a name refers to one object before and after.
func sameObject(a, b types.Object, fixed []*fixedFile) bool {
	if a == b {
		return true
	}
	if pa, ok := a.(*types.PkgName); ok {
		pb, ok := b.(*types.PkgName)
		return ok && pa.Imported().Path() == pb.Imported().Path()
	}
	if a.Pkg() == nil || b.Pkg() == nil || a.Pkg().Path() != b.Pkg().Path() || a.Name() != b.Name() {
		return false
	}
	if types.TypeString(a.Type(), nil) != types.TypeString(b.Type(), nil) {
		return false
	}
	for _, f := range fixed {
		if a.Pos() < token.Pos(f.old.Base()) || a.Pos() > token.Pos(f.old.Base()+f.old.Size()) {
			continue
		}
		if b.Pos() < token.Pos(f.tokens.Base()) || b.Pos() > token.Pos(f.tokens.Base()+f.tokens.Size()) {
			return false
		}
		offset, left := f.moved(a.Pos())
		if !left {
			_, wasVar := a.(*types.Var)
			_, isVar := b.(*types.Var)
			return wasVar && isVar
		}
		return f.tokens.Offset(b.Pos()) == offset
	}
	return a.Pos() == b.Pos()
}

// IsImport reports whether an edit adds the import of als, which all fixes of a file
// share.
func IsImport(text string) bool {
	return strings.Contains(text, strconv.Quote(known.ALS)) || text == "(\n\t"
}
