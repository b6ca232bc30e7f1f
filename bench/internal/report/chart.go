package report

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

func init() { plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"} }

// A series has a system's points, one for each of its rows.
type series struct {
	system string
	points plotter.XYs
	errors plotter.XErrors
}

// plotter.NewXErrorBars needs these three methods.
func (s series) Len() int                       { return s.points.Len() }
func (s series) XY(i int) (x, y float64)        { return s.points.XY(i) }
func (s series) XError(i int) (low, hi float64) { return s.errors.XError(i) }

// only returns the row with the cells of some systems, the baseline first.
func only(row result.Row, systems []string) result.Row {
	var cells []result.Cell
	for i, c := range row.Cells {
		if i == 0 || slices.Contains(systems, c.System) {
			cells = append(cells, c)
		}
	}
	row.Cells = cells
	return row
}

// Chart draws the rows as an SVG: from left to right, on a logarithmic axis, the
// ratio to the baseline with its quartiles, or the value where there are no ratios.
func Chart(r *result.Report, title string, rows []result.Row) ([]byte, error) {
	p := plot.New()
	p.Title.Text = title
	p.Title.TextStyle.Font.Size = 14
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, decades{}
	p.BackgroundColor = color.White

	legend := plot.NewLegend()
	legend.Top, legend.Left, legend.ThumbnailWidth = true, true, 12

	all, ratios := collect(rows)
	p.X.Label.Text = "ratio to " + baselines(r, rows) + ", median and quartiles; to the left is less"
	if !ratios {
		p.X.Label.Text = rows[0].Unit + ", median and quartiles; to the left is less"
	}
	p.Add(plotter.NewGrid())
	labels := make([]string, len(rows))
	for i, row := range rows {
		labels[len(rows)-1-i] = row.Label
	}
	p.NominalY(labels...)
	p.Y.Min, p.Y.Max = -0.6, float64(len(rows))-0.4

	for _, s := range all {
		points, err := plotter.NewScatter(s.points)
		if err != nil {
			return nil, fmt.Errorf("chart %q: %w", title, err)
		}
		points.GlyphStyle = glyph(s.system)
		bars, err := plotter.NewXErrorBars(s)
		if err != nil {
			return nil, fmt.Errorf("chart %q: %w", title, err)
		}
		bars.Color, bars.Width, bars.CapWidth = points.Color, 1.5, 0
		p.Add(bars, points)
		legend.Add(r.Title(s.system), points)
	}
	p.X.Min, p.X.Max = span(all, ratios)
	if ratios {
		one, err := plotter.NewLine(plotter.XYs{{X: 1, Y: p.Y.Min}, {X: 1, Y: p.Y.Max}})
		if err != nil {
			return nil, fmt.Errorf("chart %q: %w", title, err)
		}
		one.Color, one.Width = color.Gray{90}, 1.5
		p.Add(one)
	}
	height := vg.Points(90 + 30*float64(len(rows)))
	height = max(height, vg.Points(60+16*float64(len(all))))
	c := vgsvg.New(vg.Points(860), height)
	area := draw.New(c)
	// The legend has a column of its own, so that it hides no point.
	p.Draw(draw.Crop(area, 6, -180, 6, -6))
	legend.Draw(draw.Crop(area, area.Max.X-area.Min.X-172, -4, 6, -28))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("chart %q: %w", title, err)
	}
	svg := b.Bytes()[bytes.Index(b.Bytes(), []byte("<svg")):] // an HTML page has no XML header
	return bytes.ReplaceAll(svg, []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,sans-serif;")), nil
}

// baselines returns the names of the baselines.
func baselines(r *result.Report, rows []result.Row) string {
	var names []string
	for _, row := range rows {
		if name := r.Title(row.Cells[0].System); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

// collect sorts the cells of the rows by system. The first row is on top.
func collect(rows []result.Row) (all []series, ratios bool) {
	for _, row := range rows {
		for _, c := range row.Cells {
			ratios = ratios || c.Ratio != nil
		}
	}
	for i, row := range rows {
		for _, c := range row.Cells {
			value := c.Value
			if ratios && c.Ratio == nil || c.Absent != "" {
				continue
			}
			if ratios {
				value = *c.Ratio
			}
			if value.Q1 <= 0 {
				continue // a logarithmic axis has no zero
			}
			at := slices.IndexFunc(all, func(s series) bool { return s.system == c.System })
			if at < 0 {
				at = len(all)
				all = append(all, series{system: c.System})
			}
			s := &all[at]
			s.points = append(s.points, plotter.XY{X: value.Median, Y: float64(len(rows) - 1 - i)})
			s.errors = append(s.errors, struct{ Low, High float64 }{value.Q1 - value.Median, value.Q3 - value.Median})
		}
	}
	for i := range all { // beside each other, not on top
		for j := range all[i].points {
			all[i].points[j].Y += 0.5 * (0.5 - (float64(i)+0.5)/float64(len(all)))
		}
	}
	return all, ratios
}

// span returns the ends of the axis.
func span(all []series, ratios bool) (least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	if ratios {
		least, most = 1, 1
	}
	for _, s := range all {
		for i, p := range s.points {
			least = min(least, p.X+s.errors[i].Low)
			most = max(most, p.X+s.errors[i].High)
		}
	}
	if least > most {
		return 0.1, 10
	}
	return least / 1.3, most * 1.3
}

// glyph returns the color and the shape of a system in all charts. The palette of
// Okabe and Ito and the shapes suit color-blind readers.
func glyph(system string) draw.GlyphStyle {
	styles := map[string]draw.GlyphStyle{
		"als":             {Color: vermilion, Shape: draw.CircleGlyph{}},
		"als+inherit":     {Color: vermilion, Shape: draw.RingGlyph{}},
		"gls.Table":       {Color: vermilion, Shape: draw.CircleGlyph{}},
		"context":         {Color: blue, Shape: draw.BoxGlyph{}},
		"context-5":       {Color: blue, Shape: draw.PyramidGlyph{}},
		"context-10":      {Color: blue, Shape: draw.TriangleGlyph{}},
		"context-same":    {Color: blue, Shape: draw.SquareGlyph{}},
		"sync.Map":        {Color: blue, Shape: draw.BoxGlyph{}},
		"routine":         {Color: green, Shape: draw.BoxGlyph{}},
		"modern-go":       {Color: purple, Shape: draw.PyramidGlyph{}},
		"jtolds":          {Color: sky, Shape: draw.RingGlyph{}},
		"goid+sync.Map":   {Color: orange, Shape: draw.SquareGlyph{}},
		"RWMutex-sharded": {Color: green, Shape: draw.BoxGlyph{}},
		"xsync":           {Color: purple, Shape: draw.PyramidGlyph{}},
		"haxmap":          {Color: orange, Shape: draw.SquareGlyph{}},
	}
	style, ok := styles[system]
	if !ok { // a hook's state, another language
		style = draw.GlyphStyle{Color: color.Black, Shape: draw.CrossGlyph{}}
	}
	style.Radius = 4
	return style
}

var (
	vermilion = color.RGBA{213, 94, 0, 255}
	blue      = color.RGBA{0, 114, 178, 255}
	green     = color.RGBA{0, 158, 115, 255}
	purple    = color.RGBA{204, 121, 167, 255}
	sky       = color.RGBA{86, 180, 233, 255}
	orange    = color.RGBA{230, 159, 0, 255}
)

// decades marks powers of ten, and values between them on a short axis.
type decades struct{}

func (decades) Ticks(least, most float64) (ticks []plot.Tick) {
	steps := []float64{1}
	switch {
	case most/least < 5:
		steps = []float64{1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9}
	case most/least < 1000:
		steps = []float64{1, 2, 5}
	}
	for e := math.Floor(math.Log10(least)); e <= math.Ceil(math.Log10(most)); e++ {
		for _, s := range steps {
			if x := s * math.Pow(10, e); x >= least && x <= most {
				ticks = append(ticks, plot.Tick{Value: x, Label: fmt.Sprintf("%g", math.Round(x*1e6)/1e6)})
			}
		}
	}
	return ticks
}
