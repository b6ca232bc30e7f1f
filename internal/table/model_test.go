package table

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const modelDir = "../../docs/model"

// modelled has, for each function, the inline of docs/model/table.pml that models it. The
// name is empty if the function is no step of the protocol, or only a part of one.
var modelled = map[string]string{
	"Entry.isOf": "isOf", "Entry.takeOwnership": "takeOver_in", "Entry.doubt": "sweep", "Entry.Settle": "store",
	"Entry.retireIfDead": "retire", "Entry.retireIfInDoubt": "retire",
	"array.find": "find_in", "array.findAll": "findAll", "array.takeOver": "takeOver_in", "array.remove": "remove_in",
	"array.put": "put_in_array", "newArray": "replace",
	"Table.Find": "find", "Table.TakeOver": "takeOver", "Table.Prepare": "replace", "Table.Insert": "insert",
	"Table.Remove": "remove", "Table.put": "put", "Table.putIn": "put", "Table.grow": "grow", "Table.replace": "replace",
	"Table.moveOneShard": "moveOneShard", "Table.moveAll": "moveAll", "Table.move": "move", "Table.dropMoved": "dropMoved",
	"Table.whole": "whole", "Table.isWhole": "whole", "Table.arm": "arm", "Table.Sweep": "sweep",
	"Table.sweepInDoubt": "sweep", "Table.sweep": "sweepBy", "Table.sweepBy": "sweepBy", "takeCensus": "takeCensus", "bestSize": "sweepBy",

	"Entry.Init": "", "Entry.Owner": "", "Entry.G": "", "isInDoubt": "", "certain": "", "newTombstone": "",
	"array.slot": "", "hash": "", "Table.isNewest": "", "Table.Range": "", "Table.Stats": "", "afterGC": "",
}

// TestTheModelNamesFunctions fails when a function is added, removed or renamed, so that
// docs/model is reviewed.
func TestTheModelNamesFunctions(t *testing.T) {
	model, err := os.ReadFile(filepath.Join(modelDir, "table.pml"))
	require.NoError(t, err)
	inlines := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^inline (\w+)\(`).FindAllSubmatch(model, -1) {
		inlines[string(m[1])] = true
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := make(map[string]bool)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, decl := range parsed.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				found[nameOf(f)] = true
			}
		}
	}
	assert.ElementsMatch(t, slices.Sorted(maps.Keys(modelled)), slices.Sorted(maps.Keys(found)))
	for function, inline := range modelled {
		assert.True(t, inline == "" || inlines[inline], "%s: the model has no inline %s", function, inline)
	}
}

func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	return typ.(*ast.Ident).Name + "." + f.Name.Name
}

// TestTheModelIsBrokenByEverySwitch checks that run and README.md list every switch.
func TestTheModelIsBrokenByEverySwitch(t *testing.T) {
	text := func(name string) string {
		b, err := os.ReadFile(filepath.Join(modelDir, name))
		require.NoError(t, err)
		return string(b)
	}
	switches := make(map[string]bool)
	for _, m := range regexp.MustCompile(`#ifn?def BREAK_(\w+)`).FindAllStringSubmatch(text("table.pml"), -1) {
		switches[m[1]] = true
	}
	require.GreaterOrEqual(t, len(switches), 4)
	for name := range switches {
		assert.Contains(t, text("run"), "\nbroken "+name+" ")
		assert.Contains(t, text("README.md"), "| BREAK_"+name+" |")
	}
}
