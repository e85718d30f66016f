"""Prints the snowflake of this world as an SVG path in a square of 100 by 100: `graphics.emblem` of pack.json. The same
arms, barbs and hexagon as `emblem.snowflake` paints, a little heavier, since it is drawn small."""
import math

CENTRE, REACH, LINE = 50, 47, 6.4


def at(radius, angle):
    return CENTRE + radius * math.cos(angle), CENTRE + radius * math.sin(angle)


def number(value):
    return f'{value:.1f}'.rstrip('0').rstrip('.')


def stroke(start, end, width):
    """A line with round ends."""
    (ax, ay), (bx, by) = start, end
    length = math.hypot(bx - ax, by - ay)
    nx, ny = -(by - ay) / length * width / 2, (bx - ax) / length * width / 2
    radius = number(width / 2)
    corners = [(ax + nx, ay + ny), (ax - nx, ay - ny), (bx - nx, by - ny), (bx + nx, by + ny)]
    a, b, c, d = (f'{number(x)} {number(y)}' for x, y in corners)
    return f'M{a}A{radius} {radius} 0 0 1 {b}L{c}A{radius} {radius} 0 0 1 {d}Z'


def snowflake():
    parts = []
    for arm in range(6):
        angle = math.pi / 6 + arm * math.pi / 3
        parts.append(stroke(at(REACH * 0.2, angle), at(REACH * 0.93, angle), LINE))
        parts.append(stroke(at(REACH * 0.2, angle), at(REACH * 0.2, angle + math.pi / 3), LINE * 0.8))
        for along, long in ((0.44, 0.26), (0.7, 0.24)):
            x, y = at(REACH * along, angle)
            for side in (-1, 1):
                lean = angle + side * math.pi / 3
                parts.append(stroke((x, y), (x + REACH * long * math.cos(lean), y + REACH * long * math.sin(lean)), LINE * 0.8))
    return ''.join(parts)


if __name__ == '__main__':
    print(snowflake())
