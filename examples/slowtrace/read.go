package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// A request has the shares of its time that its regions took, according to a trace.
type request struct {
	name  string
	share map[string]float64
}

// event matches a line of go tool trace about the begin or the end of a task or a region.
var event = regexp.MustCompile(`^M=.* (Task|Region)(Begin|End) Time=(\d+) (?:ID|Task)=(\d+) .*Type=(".*")$`)

// read reads the request of a task from a trace, with go tool trace. The task and its
// regions must have ended in it.
func read(file, task string) (request, error) {
	var stderr bytes.Buffer
	cmd := exec.Command("go", "tool", "trace", "-d=parsed", file)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return request{}, fmt.Errorf("go tool trace: %w\n%s", err, stderr.Bytes())
	}
	id := ""
	took := make(map[string]float64) // by region, and of the task as ""
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		m := event.FindStringSubmatch(s.Text())
		if m == nil {
			continue
		}
		name, _ := strconv.Unquote(m[5])
		time, _ := strconv.ParseFloat(m[3], 64)
		if m[1] == "Task" {
			if name != task {
				continue
			}
			id, name = m[4], ""
		}
		switch {
		case m[4] != id:
		case m[2] == "Begin":
			took[name] -= time
		default:
			took[name] += time
		}
	}
	if id == "" {
		return request{}, fmt.Errorf("the trace has no task %q", task)
	}
	all := took[""]
	delete(took, "")
	for region := range took {
		took[region] /= all
	}
	return request{task, took}, nil
}
