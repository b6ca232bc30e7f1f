package browsertest

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// smaller returns a PNG with the 256 most frequent colors of another: a third of its
// size, and text looks the same.
func smaller(t *testing.T, screenshot []byte) []byte {
	whole, err := png.Decode(bytes.NewReader(screenshot))
	require.NoError(t, err)
	bounds := whole.Bounds()
	counts := make(map[color.Color]int)
	pixels := func(f func(x, y int)) {
		for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
			for x := bounds.Min.X; x < bounds.Max.X; x++ {
				f(x, y)
			}
		}
	}
	pixels(func(x, y int) { counts[whole.At(x, y)]++ })
	colors := slices.SortedFunc(maps.Keys(counts), func(a, b color.Color) int { return cmp.Compare(counts[b], counts[a]) })
	palette := image.NewPaletted(bounds, colors[:min(len(colors), 256)])
	pixels(func(x, y int) { palette.Set(x, y, whole.At(x, y)) })
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	require.NoError(t, encoder.Encode(&b, palette))
	return b.Bytes()
}
