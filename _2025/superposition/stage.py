"""What the scenes about directions share: where words stand beside the ball, and live readouts."""

from manim_imports_ext import *
from truth.packing import BEST_KNOWN, get_packings

RADIUS, LENGTH = 2.5, 3.8  # of the ball, and of a vector of length 1, in frame units
BESIDE, ABOVE = 2.5, 0.4  # the frame's middle is so far right of the ball's, for the words, and so far above it
HEIGHT = 7.7  # of the frame


def get_view(theta, phi, height=HEIGHT, beside=BESIDE):
    """The ball at the left of the frame, seen from so many degrees round it and above."""
    right = np.array([np.cos(np.radians(theta)), 0, -np.sin(np.radians(theta))])
    return View(theta, phi, 0, tuple(beside * right + ABOVE * UP), height)


VIEW = get_view(-24, -18)
FIRST, LAST = min(BEST_KNOWN), max(BEST_KNOWN)  # numbers of lines in space
FLOOR = 12 * DOWN  # under the ball, which is in sight until the floor is
SLAB = 12.4, 0.3, 1.8  # of the floor: width, height, depth


def get_slab():
    """The floor, on which vectors and columns stand."""
    slab = Cube(side_length=1).set_color(PLATE).set_shading(0.3, 0.2, 0.4).apply_depth_test()
    return slab.set_shape(*SLAB).move_to(FLOOR + 0.16 * DOWN)


def get_lines(vectors, newcomer=1.0):
    """(LAST, 3): vectors, the last of which is only so long, and nothing for those to come."""
    lengths = np.append(np.ones(len(vectors) - 1), newcomer)
    return np.pad(lengths[:, None] * vectors, ((0, LAST - len(vectors)), (0, 0)))


def get_bundle(n=FIRST):
    """All lines, of which so many are there, where they stay; each has its room on the ball."""
    lines = get_lines(get_packings()[n].path[-1])
    return VectorBundle(lines, length=LENGTH, width=0.17, ball=RADIUS, has_caps=True, has_tails=True)


class Shadow(Group):
    """How far the second vector of a pair reaches along the first, as a lit bar below it; and the way down.

    Parts: `bar`, `drop`.

    Args:
        pair: a VectorPair.
        below: from the pair's start down to the bar's foot, in frame units.
    """

    def __init__(self, pair, below=0.5):
        self.pair, self.floor = pair, pair.start + below * DOWN
        self.bar = Cube(side_length=1).set_shading(0.3, 0.2, 0.4).apply_depth_test()
        self.drop = Spike([0, -1, 0], 0.05, MUTED, blunt=True)
        super().__init__(self.bar, self.drop)
        self.add_updater(lambda shadow: shadow.follow())

    def get_cosine(self):
        """Of the pair's angle."""
        return float(np.cos(np.radians(self.pair.get_angle())))

    def follow(self):
        """Be as long as the cosine says."""
        cosine, tip = self.get_cosine(), self.pair.start + self.pair.second.vector
        reach = self.pair.length * cosine
        self.bar.set_shape(max(abs(reach), 0.02), 0.3, 0.4).move_to(self.floor + np.array([reach / 2, 0.15, 0.55]))
        self.bar.set_color(POSITIVE_RAMP[1] if cosine >= 0 else NEGATIVE_RAMP[1])
        self.drop.start = tip
        self.drop.set_vector([0, min(self.floor[1] - tip[1] + 0.1, -0.01), 0])


class SceneOfDirections(CaptionedScene):
    """A scene with a body at the left and words at the right; the light goes round with the camera."""

    def setup(self):
        super().setup()
        light, place = self.camera.light_source, self.camera.light_source.get_location().copy()

        def follow(frame):
            turn = np.array(frame.get_inverse_camera_rotation_matrix()).T
            light.set_location(frame.get_center() + turn @ place)

        self.frame.add_updater(follow)

    def tell(self, words, *animations, run_time=None):
        """As `say`, in the upper right corner; words may be a mobject."""
        text = words
        if isinstance(words, str):
            text = Text(words, font_size=BODY, alignment="RIGHT").set_color(TEXT)
        text.set_backstroke(BACKGROUND, 5)
        self.say(text.to_corner(UR, buff=SAFE_AREA + 0.1).fix_in_frame(), *animations, run_time=run_time)

    beside, view_height = BESIDE, HEIGHT  # where the ball stands, and how large

    def look(self, theta, phi, **config):
        """Animation: the camera goes round the ball, which stays where it is in the frame."""
        start = np.degrees([self.frame.get_theta(), self.frame.get_phi()])
        low, height = self.frame.get_center()[1], self.frame.get_height()

        def go(frame, alpha):
            angles = interpolate(start, np.array([theta, phi]), alpha)
            view = get_view(*angles, interpolate(height, self.view_height, alpha), self.beside)
            x, y, z = view.center
            frame.reorient(*view._replace(center=(x, interpolate(low, y, alpha), z)))

        return UpdateFromAlphaFunc(self.frame, go, **config)


def get_readouts(*rows, widest=0.0, font_size=HEADING):
    """Live numbers on a plate, one below the other, in the lower right corner.

    Args:
        rows: for each a word, a function, decimals, a unit, a colour and the name of the number's source.
        widest: the plate has room for numbers that are so much wider than those of the beginning, in frame units.
    """
    readouts = VGroup(
        Readout(word, ask, decimals, unit, color, name, font_size=font_size)
        for word, ask, decimals, unit, color, name in rows
    )
    for readout in readouts:
        readout.number.mark_zero, readout.number.group_with_commas = False, True
        readout.number.set_submobjects_from_number(readout.number.get_value())
        readout.number.next_to(readout.word, RIGHT, buff=0.25).align_to(readout.word[0], DOWN)  # commas moved it
        follow_with_unit(readout)
        if unit_is_degree(readout):
            readout.unit.scale(1.5).match_color(readout.number)
    readouts.arrange(DOWN, buff=0.3, aligned_edge=LEFT)
    ground = Rectangle(readouts.get_width() + widest, readouts.get_height()).move_to(readouts, aligned_edge=LEFT)
    panel = VGroup(Plate(ground, buff=0.3), readouts).to_corner(DR, buff=SAFE_AREA).fix_in_frame()
    for readout in readouts:
        readout.add_updater(follow_with_unit)
    return panel


def unit_is_degree(readout):
    """Whether its number is an angle."""
    return hasattr(readout, "unit") and readout.unit.text == "°"


def follow_with_unit(readout):
    """Ask for the number anew; its unit stays behind it."""
    readout.follow()
    if hasattr(readout, "unit"):
        is_degree = unit_is_degree(readout)
        readout.unit.next_to(readout.number, RIGHT, 0.06 if is_degree else 0.12)
        readout.unit.align_to(readout.number, UP if is_degree else DOWN)


def get_line_with_number(before, value, after, name, decimals=1):
    """Words around a number of degrees, on two lines: "always within 54.7°", "of one of them"."""
    number = SourcedNumber(value, source=Source(name, (), lambda: value), num_decimal_places=decimals, font_size=BODY)
    first = VGroup(Text(before, font_size=BODY), number, Text("°", font_size=BODY))
    first[1].next_to(first[0], RIGHT, buff=0.18)
    put_on_baseline(first[1], first[0])
    first[2].next_to(number, RIGHT, buff=0.05).align_to(number, UP)
    lines = VGroup(first, Text(after, font_size=BODY)).arrange(DOWN, buff=0.2, aligned_edge=RIGHT)
    return lines.set_color(TEXT)


def get_log_axis(place, unit, powers, length=0.4):
    """Ticks at powers of ten, upwards from a point, each with its name at the right. Parts: for each a tube, words."""
    ticks = Group()
    for power in powers:
        start = np.array(place) + power * unit * UP
        name = Tex(f"10^{{{power}}}", font_size=LABEL + 4).set_color(MUTED).next_to(start + length * RIGHT, RIGHT, 0.15)
        ticks.add(Group(get_tube(start, start + length * RIGHT, 0.05).set_color(MUTED), name))
    return ticks
