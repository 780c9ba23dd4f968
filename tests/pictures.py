"""Pictures for the tests, with what cameras write into them."""

import io

from PIL import ExifTags, Image, PngImagePlugin

SECRET = "金丝雀的手机"


def picture(size: tuple[int, int] = (40, 20)) -> Image.Image:
    made = Image.new("RGB", size, "white")
    for x in range(size[0] // 2):
        made.putpixel((x, 1), (200, 10, 10))
    return made


def png(text: bool = False) -> bytes:
    out = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    if text:
        info.add_text("Author", "canary-author")
        info.add_itxt("Comment", SECRET)
    picture().save(out, "PNG", pnginfo=info)
    return out.getvalue()


def photo(kind: str = "JPEG", orientation: int = 6) -> bytes:
    """With a position, a device and a comment in its Exif."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "canary-camera"
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (39.0, 54.0, 27.0)
    out = io.BytesIO()
    extra = {"comment": b"canary-comment"} if kind == "JPEG" else {"xmp": b"<x>canary-xmp</x>"}
    picture().save(out, kind, exif=exif, **extra)
    return out.getvalue()


def heic() -> bytes:
    import pillow_heif

    out = io.BytesIO()
    pillow_heif.from_pillow(picture((64, 64))).save(out, quality=80)
    return out.getvalue()


def pdf(text: str = "hello") -> bytes:
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.drawString(100, 700, text)
    page.save()
    return out.getvalue()
