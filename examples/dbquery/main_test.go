package main

import (
	"database/sql"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
)

// execute runs the program to its end.
func execute(args ...string) (code int, stdout, stderr []string) {
	return clitest.Execute(run, args...)
}

var (
	event    = regexp.MustCompile(`^  (init|before|after|destroy) +(REQUEST|DBQuery) (\d+)(, caused by (\d+))? +goroutine \d+$`)
	callback = regexp.MustCompile(`^  callback (city|orders|voucher): in request (\d+) of user(\d+), in (\d+), caused by (\d+): .+ \(goroutine (\d+)\)$`)
)

// The test reads the output as a user would, without the help of check.
func TestEveryCallbackSeesItsOwnRequest(t *testing.T) {
	for _, args := range []string{"", "-requests 1", "-requests 20 -workers 1", "-requests 20 -workers 7"} {
		t.Run(args, func(t *testing.T) {
			code, stdout, stderr := execute(strings.Fields(args)...)
			require.Zero(t, code, stderr)
			assert.Empty(t, stderr)
			assert.Equal(t, "dbquery: callbacks of queries belong to the request that asked, "+
				"whichever goroutine of the driver has the answer", stdout[0])
			assert.LessOrEqual(t, len(stdout), 30, "a newcomer should see at once what it shows")
			assert.Regexp(t, `^Checked with \d+ requests .*: every callback saw its own request, and the log is balanced$`, stdout[len(stdout)-1])

			wrong, right := part(t, stdout, "WRONG  "), part(t, stdout, "RIGHT  ")
			require.Len(t, wrong, 3)
			for _, l := range wrong {
				assert.Regexp(t, `^  callback \w+: in request 0 of no user, in \d+, caused by 1: .*<- should be in request 1 of user1, in \d+, caused by \d+$`, l)
			}
			triggers, types, callbacks := make(map[string]string), make(map[string]string), 0
			for _, l := range right {
				if m := event.FindStringSubmatch(l); m != nil {
					if m[1] == "init" {
						types[m[3]], triggers[m[3]] = m[2], m[5]
					}
					continue
				}
				m := callback.FindStringSubmatch(l)
				require.NotNil(t, m, l)
				callbacks++
				assert.Equal(t, []string{"1", "1"}, m[2:4])
				id, trigger := m[4], m[5]
				assert.Equal(t, "DBQuery", types[id])
				assert.Equal(t, triggers[id], trigger)
				for types[trigger] == "DBQuery" {
					trigger = triggers[trigger]
				}
				assert.Equal(t, "REQUEST", types[trigger])
				assert.Equal(t, "1", triggers[trigger])
			}
			assert.Equal(t, 3, callbacks)
			assert.Len(t, types, 3, "a request and two queries")
		})
	}
}

// part returns the lines of a part of the output.
func part(t *testing.T, stdout []string, heading string) (lines []string) {
	begin := slices.IndexFunc(stdout, func(l string) bool { return strings.HasPrefix(l, heading) })
	require.NotEqual(t, -1, begin, stdout)
	lines = stdout[begin+1:]
	return lines[:slices.Index(lines, "")]
}

// The check must be able to fail.
func TestTheCheckFindsCallbacksWithoutScope(t *testing.T) {
	code, stdout, stderr := execute("-unscoped", "-requests", "4")
	assert.Equal(t, 1, code)
	assert.Regexp(t, `: 20 PROBLEMS$`, stdout[len(stdout)-1])
	require.Len(t, stderr, 1+12+8)
	offending := regexp.MustCompile(`^callback \w+: in request 0 of no user, in \d+, caused by 1: .* \(goroutine \d+\)   <- should be in request [1-4] of user[1-4], in \d+, caused by \d+$`)
	for _, l := range stderr[1 : 1+12] {
		assert.Regexp(t, offending, l)
	}
	for _, l := range stderr[1+12:] {
		assert.Regexp(t, `^DBQuery \d+: nothing ran in it$`, l)
	}
}

func TestTheCheckFindsQueriesThatAreNotClosed(t *testing.T) {
	code, stdout, stderr := execute("-leak", "-requests", "4")
	assert.Equal(t, 1, code)
	assert.Regexp(t, `: 8 PROBLEMS$`, stdout[len(stdout)-1])
	require.Len(t, stderr, 1+8)
	for _, l := range stderr[1:] {
		assert.Regexp(t, `^DBQuery \d+: it was not destroyed$`, l)
	}
}

func TestCheckFindsWrongAndMissingAnswers(t *testing.T) {
	here := place{request{2, "user2"}, true, 7, 5}
	all := func() []sighting {
		return []sighting{
			{"city", here, here, "Oslo", 1},
			{"orders", here, here, "2 204", 1},
			{"voucher", here, here, "V-0074", 1},
		}
	}
	others := []string{
		"request 1: city was called back 0 times",
		"request 1: orders was called back 0 times",
		"request 1: voucher was called back 0 times",
	}
	assert.Equal(t, others, check(all(), 2))

	wrong := all()
	wrong[2].data = "V-0037"
	assert.Equal(t, append([]string{"callback voucher: in request 2 of user2, in 7, caused by 5: V-0037 (goroutine 1)" +
		"   <- the answer for request 2 is V-0074"}, others...), check(wrong, 2))

	lost := all()
	lost[0].got.hasRequest = false
	assert.Equal(t, append([]string{"callback city: in no request, in 7, caused by 5: Oslo (goroutine 1)" +
		"   <- should be in request 2 of user2, in 7, caused by 5"}, others...), check(lost, 2))

	assert.Equal(t, append(others, "request 2: orders was called back 2 times"), check(append(all(), all()[1]), 2))
}

func TestTheDriverPassesErrorsOn(t *testing.T) {
	db, err := openDatabase(1)
	require.NoError(t, err)
	d := newDriver(db.DB, 2)
	type answer struct {
		data row
		err  error
	}
	ask := func(text string) answer {
		answers := make(chan answer)
		d.get(query{text: text}, func(data row, err error) { answers <- answer{data, err} })
		return <-answers
	}
	assert.Equal(t, answer{data: row{"user1", "Lima"}}, ask("select * from users"))
	assert.ErrorIs(t, ask("select * from vouchers").err, sql.ErrNoRows)
	assert.ErrorContains(t, ask("select * from nowhere").err, "nowhere")
	d.close()

	require.NoError(t, db.close())
	_, err = os.Stat(db.dir)
	assert.True(t, errors.Is(err, os.ErrNotExist), "the file is still there")
}

func TestInvalidCommandLines(t *testing.T) {
	for _, args := range []string{"-nosuch", "now", "-requests 0", "-requests 1001", "-workers 0", "-workers 101"} {
		code, stdout, stderr := execute(strings.Fields(args)...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, stdout, args)
		assert.Len(t, stderr, 1, args)
	}
}
