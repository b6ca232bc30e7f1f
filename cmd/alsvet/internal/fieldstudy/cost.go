package main

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// maxMegabytes limits the memory for grpc-go, the largest of the modules, to half of the
// 1.7 GB that alsvet took with all packages in one process. It is a limit for the largest
// process, and for all processes together.
const maxMegabytes = 1700 / 2

// cost measures alsvet on a module. All other code is compiled before, so that it
// measures alsvet and not the compiler. For the ways that begin cold alsvet is built
// anew, so that go vet has no results of it.
func (s *study) cost(m module) error {
	dir, err := s.prepareAnew(m)
	if err != nil {
		return err
	}
	packages, err := countPackages(dir, m)
	if err != nil {
		return err
	}
	if _, err := command(dir, "go", "vet", "-printf", "./..."); err != nil { // compiles what tests import, too
		return err
	}
	fmt.Printf("module=%s packages=%d cpus=%d go=%s max_mb=%d\n", m, packages, runtime.NumCPU(), runtime.Version(), maxMegabytes)
	vettool := []string{"go", "vet", "-vettool=" + s.alsvet, "./..."}
	var failed []error
	for _, way := range []struct {
		name string
		cold bool
		args []string
	}{
		{"vettool", true, vettool},
		{"vettool-again", false, vettool},
		{"alone", true, []string{s.alsvet, "./..."}},
		{"fix", true, []string{s.alsvet, "-fix", "./..."}},
	} {
		if way.cold {
			if err := s.buildAnew(); err != nil {
				return err
			}
		}
		u, err := measure(dir, way.args)
		if err != nil {
			return err
		}
		fmt.Printf("way=%s wall_s=%.1f cpu_s=%.1f largest_process_mb=%d all_processes_mb=%d\n",
			way.name, u.wall.Seconds(), u.cpu.Seconds(), u.largest>>20, u.together>>20)
		if max(u.largest, u.together)>>20 > maxMegabytes {
			failed = append(failed, fmt.Errorf("%s took more than %d MB", way.name, maxMegabytes))
		}
	}
	return errors.Join(failed...)
}

// buildAnew builds alsvet as a file that differs from all before.
func (s *study) buildAnew() error {
	return s.build("-ldflags=-buildid=" + strconv.FormatInt(time.Now().UnixNano(), 36))
}

// A usage is the time and memory of a command and its children.
type usage struct {
	wall, cpu time.Duration
	largest   int64 // bytes of the largest process
	together  int64 // bytes of all that ran at a time, as sampled; shared pages count in part
}

// measure runs a command. That it has findings is no error.
func measure(dir string, args []string) (usage, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, environment()
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	ownGroup(cmd)
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() //alsvet:ignore the command belongs to this program, which has no stores
	var u usage
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			u.together = max(u.together, groupMemory(cmd.Process.Pid))
		case err := <-ended:
			u.wall = time.Since(begin)
			u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			u.largest = largestProcess(cmd.ProcessState)
			var exit *exec.ExitError
			if err != nil && (!errors.As(err, &exit) || !strings.Contains(output.String(), ": gostmt: ")) {
				return u, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, output.String())
			}
			return u, nil
		}
	}
}
