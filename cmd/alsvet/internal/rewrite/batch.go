package rewrite

import (
	"cmp"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// A Form is one way to fix something.
type Form struct {
	Message string
	Edits   []analysis.TextEdit
}

// A Batch collects the findings of a package with the fixes that they may have, and
// reports them. A fix is reported only if the package compiles and means the same with
// it and with all other fixes of the batch that it does not overlap with.
type Batch struct {
	Pass  *analysis.Pass
	items []item
}

type item struct {
	diagnostic analysis.Diagnostic
	forms      []Form // the best first
}

// Add adds a finding. Of the forms the first one that holds becomes its fix.
func (b *Batch) Add(d analysis.Diagnostic, forms []Form) {
	b.items = append(b.items, item{d, forms})
}

// Report reports all findings. To type-check a package for each fix takes long, so all
// are tried together first.
func (b *Batch) Report() {
	var all []analysis.TextEdit
	for _, it := range b.items {
		if len(it.forms) > 0 {
			all = append(all, it.forms[0].Edits...)
		}
	}
	checker := newChecker(b.Pass)
	together := len(all) > 0 && checker.holds(all)
	var accepted []analysis.TextEdit
	for _, it := range b.items {
		for _, form := range it.forms {
			if together || checker.holdsWith(&accepted, form.Edits) {
				it.diagnostic.SuggestedFixes = []analysis.SuggestedFix{{Message: form.Message, TextEdits: form.Edits}}
				break
			}
		}
		b.Pass.Report(it.diagnostic)
	}
}

// holdsWith reports whether edits hold together with those that were accepted, and adds
// them. Edits that overlap with others must hold alone: they cannot be made in one go.
func (c *checker) holdsWith(accepted *[]analysis.TextEdit, edits []analysis.TextEdit) bool {
	all := slices.Concat(*accepted, edits)
	if _, apart := byFile(c.pass.Fset, all); !apart {
		return c.holds(edits)
	}
	if !c.holds(all) {
		return false
	}
	*accepted = all
	return true
}

// byFile sorts edits and drops those that are there twice, such as of an import. It
// returns false if two of them overlap.
func byFile(fset *token.FileSet, edits []analysis.TextEdit) (map[*token.File][]analysis.TextEdit, bool) {
	files := make(map[*token.File][]analysis.TextEdit)
	for _, edit := range edits {
		file := fset.File(edit.Pos)
		files[file] = append(files[file], edit)
	}
	for file, list := range files {
		slices.SortStableFunc(list, func(a, b analysis.TextEdit) int {
			return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.End, b.End))
		})
		list = slices.CompactFunc(list, func(a, b analysis.TextEdit) bool {
			return a.Pos == b.Pos && a.End == b.End && string(a.NewText) == string(b.NewText) && a.Pos == a.End && IsImport(string(a.NewText))
		})
		for i := 1; i < len(list); i++ {
			if list[i].Pos < list[i-1].End {
				return nil, false
			}
		}
		files[file] = list
	}
	return files, true
}
