package org.stablevideo.measure;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;

/** Pictures as JPEG inside a page. */
final class Stills {

    private static final float QUALITY = 0.85f;

    private Stills() {}

    /** A data address of the picture, reduced to a width where it is wider. */
    static String address(Picture picture, int width) {
        FrameSize size = picture.size();
        FrameSize small = size.width() <= width ? size : new FrameSize(width, Math.max(1, Math.round((float) size.height() * width / size.width())));
        BufferedImage image = image(picture);
        if (!small.equals(size)) {
            BufferedImage reduced = new BufferedImage(small.width(), small.height(), BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = reduced.createGraphics();
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            graphics.drawImage(image, 0, 0, small.width(), small.height(), null);
            graphics.dispose();
            image = reduced;
        }
        return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg(image));
    }

    static BufferedImage image(Picture picture) {
        int w = picture.width();
        BufferedImage image = new BufferedImage(w, picture.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = picture.rgb();
        int[] row = new int[w];
        for (int y = 0, i = 0; y < picture.height(); y++) {
            for (int x = 0; x < w; x++, i += 3) {
                row[x] = (rgb[i] & 255) << 16 | (rgb[i + 1] & 255) << 8 | rgb[i + 2] & 255;
            }
            image.setRGB(0, y, w, 1, row, 0, w);
        }
        return image;
    }

    private static byte[] jpeg(BufferedImage image) {
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg");
        ImageWriter writer = writers.next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(QUALITY);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }
}
