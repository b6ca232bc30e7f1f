package users

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

// execute runs a program with this Run and two users in the check.
func execute(run func(c *Check) error) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	p := Program{Name: "prog", Shows: "it works", Wrong: "badly", Right: "well", Run: run}
	code = p.Execute([]string{"-users", "2"}, &out, &err)
	return code, out.String(), err.String()
}

func TestAProgramShowsTheWrongWayBesideTheRightOne(t *testing.T) {
	code, stdout, stderr := execute(func(c *Check) error {
		c.Each(func(name string) {
			if c.Wrong {
				sawWithout(c, name)
				return
			}
			c.Saw("work", name, Current())
		})
		c.Note("%d users", c.Users)
		return nil
	})
	assert.Zero(t, code)
	assert.Empty(t, stderr)
	assert.Equal(t, `prog: it works

WRONG  badly:
  alice:  work saw no user   <- should be alice
  bruno:  work saw no user   <- should be bruno
  2 users

RIGHT  well:
  alice:  work saw alice
  bruno:  work saw bruno
  2 users

Checked with 2 users at the same time, 2 sightings: all work saw its own user's data
`, stdout)
}

// sawWithout reports what work sees without a store.
func sawWithout(c *Check, name string) { User.Exit(func() { c.Saw("work", name, Current()) }) }

func TestAWrongWayThatGoesRightIsAProblem(t *testing.T) {
	n := 0
	code, stdout, stderr := execute(func(c *Check) error {
		n++
		c.Each(func(name string) { c.Saw("work", name, Current()) })
		return nil
	})
	assert.Equal(t, 1, code)
	assert.Contains(t, stdout, ": 1 PROBLEMS\n")
	assert.Equal(t, "prog: problems: 1:\nthe wrong way went right, so the check shows nothing\n", stderr)
	assert.Equal(t, tries+2, n)
}

func TestAUserWhoWasNotSeenIsAProblem(t *testing.T) {
	code, _, stderr := execute(func(c *Check) error {
		c.Saw("work", Name(0), Name(0))
		return nil
	})
	assert.Equal(t, 1, code)
	assert.Equal(t, "prog: problems: 2:\nbruno was not seen at all\nbruno was not seen at all\n", stderr)
}

func TestAnErrorIsReported(t *testing.T) {
	code, _, stderr := execute(func(*Check) error { return errors.New("no network") })
	assert.Equal(t, 1, code)
	assert.Equal(t, "prog: no network\n", stderr)
}

func TestNamesAreDistinctAndOfOneLength(t *testing.T) {
	seen := make(map[string]bool)
	for i := range 1000 {
		assert.Len(t, Name(i), len(Name(0)))
		seen[Name(i)] = true
	}
	assert.Len(t, seen, 1000)
}
