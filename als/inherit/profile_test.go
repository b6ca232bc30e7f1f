package inherit_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"runtime/pprof"
	"testing"

	"github.com/stretchr/testify/require"
)

// labelsOfCPUProfile counts the samples of a CPU profile of work by their labels.
func labelsOfCPUProfile(t *testing.T, work func()) map[string]int {
	var profile bytes.Buffer
	require.NoError(t, pprof.StartCPUProfile(&profile))
	work()
	pprof.StopCPUProfile()
	return labelsOfSamples(t, profile.Bytes())
}

// labelsOfSamples counts the samples of a profile by their first label, "key=value". It
// reads only what it needs of the format: the samples (field 2) and the strings (6) of
// the message Profile, and the labels (3) of a sample.
func labelsOfSamples(t *testing.T, profile []byte) map[string]int {
	zip, err := gzip.NewReader(bytes.NewReader(profile))
	require.NoError(t, err)
	raw, err := io.ReadAll(zip)
	require.NoError(t, err)
	var texts []string
	var samples [][]byte
	fields(t, raw, func(field, _ uint64, data []byte) {
		switch field {
		case 2:
			samples = append(samples, data)
		case 6:
			texts = append(texts, string(data))
		}
	})
	counts := make(map[string]int)
	for _, sample := range samples {
		name := ""
		fields(t, sample, func(field, _ uint64, data []byte) {
			if field != 3 || name != "" {
				return
			}
			var at [8]uint64 // 1 is the key, 2 the value
			fields(t, data, func(field, n uint64, _ []byte) { at[field] = n })
			name = texts[at[1]] + "=" + texts[at[2]]
		})
		counts[name]++
	}
	return counts
}

// fields calls f for each field of a protocol buffer message.
func fields(t *testing.T, message []byte, f func(field, n uint64, data []byte)) {
	for len(message) > 0 {
		tag, size := binary.Uvarint(message)
		require.Positive(t, size)
		n, more := binary.Uvarint(message[size:])
		require.Positive(t, more)
		message = message[size+more:]
		switch tag & 7 {
		case 0:
			f(tag>>3, n, nil)
		case 2:
			f(tag>>3, 0, message[:n])
			message = message[n:]
		default:
			require.Failf(t, "unknown", "wire type %d", tag&7)
		}
	}
}
