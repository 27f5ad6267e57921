"""
Writes pictures.json: small pictures of every kind as base64, with what Pillow makes of them. Run it again when a
picture is added: `pip install pillow==13.0.0`, then `python tests/pictures/make_pictures.py`.

For each picture: its size as shown (EXIF orientation applied), the RGB bytes of the first frame on white, and how far
a decoder may be off: JPEG and WebP decoders differ in the last bits.
"""
import base64
import io
import json
import pathlib
import random

from PIL import Image, ImageOps, __version__

random.seed(18)
WIDTH, HEIGHT = 23, 17


def scene(mode="RGB"):
    """Smooth colours with an edge: lossy formats stay close to it."""
    picture = Image.new("RGB", (WIDTH, HEIGHT))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            picture.putpixel((x, y), (10 * x, 14 * y, 200 if x < 12 else 40))
    return picture.convert(mode)


def with_alpha():
    picture = scene("RGBA")
    alpha = Image.new("L", picture.size)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            alpha.putpixel((x, y), min(255, 12 * x))
    picture.putalpha(alpha)
    return picture


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "camera"
    return data.tobytes()


def on_white(picture):
    picture = ImageOps.exif_transpose(picture)
    if picture.mode == "I;16":
        picture = picture.point(lambda value: value / 257).convert("L")
    picture = picture.convert("RGBA")
    white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    white.alpha_composite(picture)
    return white.convert("RGB")


def text(data):
    return base64.b64encode(bytes(data)).decode()


pictures = []


def add(name, kind, picture, tolerance=0, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    data = buffer.getvalue()
    shown = on_white(Image.open(io.BytesIO(data)))
    pictures.append(
        {
            "name": name,
            "kind": kind.lower(),
            "width": shown.width,
            "height": shown.height,
            "tolerance": tolerance,
            "bytes": text(data),
            "rgb": text(shown.tobytes()),
        }
    )


add("colour.png", "PNG", scene())
add("grey.png", "PNG", scene("L"))
add("palette.png", "PNG", scene().quantize(16))
add("one-bit.png", "PNG", scene("1"))
add("alpha.png", "PNG", with_alpha(), 1)
add("grey-alpha.png", "PNG", with_alpha().convert("LA"), 1)
add("sixteen-bit.png", "PNG", scene("L").convert("I;16").point(lambda value: value * 257), 1)
transparent = scene().quantize(16)
add("transparent-palette.png", "PNG", transparent, 1, transparency=3)
add("turned.png", "PNG", scene(), exif=exif(6))
add("colour.jpg", "JPEG", scene(), 6, quality=92)
add("grey.jpg", "JPEG", scene("L"), 6, quality=92)
add("progressive.jpg", "JPEG", scene(), 6, quality=92, progressive=True)
add("cmyk.jpg", "JPEG", scene("CMYK"), 12, quality=95)
for orientation in range(2, 9):
    add(f"orientation-{orientation}.jpg", "JPEG", scene(), 6, quality=92, exif=exif(orientation))
add("lossy.webp", "WEBP", scene(), 8, quality=90)
add("lossless.webp", "WEBP", scene(), 1, lossless=True)
add("alpha.webp", "WEBP", with_alpha(), 2, lossless=True, exact=True)
add("turned.webp", "WEBP", scene(), 1, lossless=True, exif=exif(8))
frames = [scene().rotate(90 * k).quantize(8) for k in range(3)]
add("animated.webp", "WEBP", scene(), 1, lossless=True, save_all=True, append_images=[scene().rotate(180)])
add("still.gif", "GIF", scene().quantize(32))
add("interlaced.gif", "GIF", scene().quantize(32), interlace=1)
add("animated.gif", "GIF", frames[0], save_all=True, append_images=frames[1:])
add("transparent.gif", "GIF", transparent, transparency=3)
add("colour.bmp", "BMP", scene())
add("palette.bmp", "BMP", scene().quantize(16))
add("grey.bmp", "BMP", scene("L"))
add("one-bit.bmp", "BMP", scene("1"))

resized = []


def noise(width, height):
    return Image.frombytes("RGB", (width, height), random.randbytes(width * height * 3))


for width, height, target in [(31, 20, (8, 8)), (9, 7, (24, 24)), (40, 13, (16, 5)), (5, 30, (5, 9))]:
    source = noise(width, height)
    resized.append(
        {
            "width": width,
            "height": height,
            "rgb": text(source.tobytes()),
            "to": target,
            "whole": text(source.resize(target, Image.Resampling.BICUBIC).tobytes()),
            "covered": text(ImageOps.fit(source, target, Image.Resampling.BICUBIC).tobytes()),
        }
    )

# Larger than its thumbnail: a JPEG decoder may give it smaller at once, as Pillow's own `draft` does.
large = Image.new("RGB", (640, 400))
for y in range(400):
    for x in range(640):
        large.putpixel((x, y), (x * 255 // 640, y * 255 // 400, (x // 40 + y // 40) % 2 * 160))
buffer = io.BytesIO()
large.save(buffer, "JPEG", quality=60)
decoded = Image.open(io.BytesIO(buffer.getvalue()))
thumbnail = {
    "bytes": text(buffer.getvalue()),
    "width": 64,
    "height": 40,
    "rgb": text(decoded.resize((64, 40), Image.Resampling.BICUBIC).tobytes()),
}

target = pathlib.Path(__file__).with_name("pictures.json")
made = {"pillow": __version__, "pictures": pictures, "resized": resized, "thumbnail": thumbnail}
target.write_text(json.dumps(made, indent=1) + "\n")
print(f"{len(pictures)} pictures, {target.stat().st_size} bytes")
