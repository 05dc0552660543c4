package org.stablevideo.atlas;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import javax.imageio.ImageIO;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.ProblemException;

/**
 * Shows an atlas to a person, as PNG files:
 *
 * <ul>
 *   <li>{@code atlas-0.png} …: the texture of each layer, front to back, its coverage as alpha
 *   <li>{@code mattes-0.png} …: the mattes of each object in five frames, side by side
 *   <li>{@code reconstruction.png}: five frames of the source above what the atlas shows of them
 *   <li>{@code health.png} and {@code health.json}: where and when it fails ({@link HealthSheet#strips})
 * </ul>
 */
public final class AtlasInspection {

    private static final int SHOWN = 5;
    private static final int TILE = 384;

    private final Atlas atlas;

    public AtlasInspection(Atlas atlas) {
        this.atlas = atlas;
    }

    /**
     * Writes all files.
     *
     * @param folder made when missing
     * @param source frames of the clip at solve size
     * @return the files, in the order above
     * @throws ProblemException with {@link CacheFull} when they cannot be written
     */
    public List<Path> write(Path folder, IntFunction<Picture> source) {
        List<Path> files = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            for (int i = 0; i < atlas.layers().size(); i++) {
                files.add(save(folder.resolve("atlas-" + i + ".png"), texture(atlas.layers().get(i).texture())));
            }
            for (int i = 0; i < atlas.layers().size() - 1; i++) {
                files.add(save(folder.resolve("mattes-" + i + ".png"), mattes(atlas.layers().get(i))));
            }
            files.add(save(folder.resolve("reconstruction.png"), reconstruction(source)));
            HealthSheet health = new HealthSheet(atlas.quality().health());
            files.add(save(folder.resolve("health.png"), health.strips()));
            files.add(Files.writeString(folder.resolve("health.json"), health.json().toString()));
            return files;
        } catch (IOException e) {
            throw new ProblemException(
                    new CacheFull(
                            "The pictures cannot be written to " + folder + " (" + e.getMessage() + ").",
                            "Choose another folder with --out, or free disk space."),
                    e);
        }
    }

    private static Path save(Path file, BufferedImage image) throws IOException {
        if (!ImageIO.write(image, "png", file.toFile())) {
            throw new IOException("no PNG writer");
        }
        return file;
    }

    /** The frames shown: five spread over the clip, fewer when it has fewer. */
    private List<Integer> frames() {
        int count = Math.min(SHOWN, atlas.frameCount());
        List<Integer> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(count == 1 ? 0 : Math.round((float) i * (atlas.frameCount() - 1) / (count - 1)));
        }
        return frames;
    }

    private static BufferedImage texture(AtlasTexture texture) {
        FrameSize size = texture.size();
        BufferedImage image = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < size.area(); i++) {
            int alpha = texture.coverage().values()[i] & 0xff;
            image.setRGB(i % size.width(), i / size.width(), alpha << 24 | colour(texture.colour(), i));
        }
        return image;
    }

    private BufferedImage mattes(Layer layer) {
        List<Integer> frames = frames();
        BufferedImage sheet = sheet(frames.size(), 1);
        for (int k = 0; k < frames.size(); k++) {
            Plane matte = layer.opacity().get(frames.get(k));
            paste(sheet, k, 0, i -> (matte.values()[i] & 0xff) * 0x010101);
        }
        return sheet;
    }

    private BufferedImage reconstruction(IntFunction<Picture> source) {
        List<Integer> frames = frames();
        BufferedImage sheet = sheet(frames.size(), 2);
        Reconstruction reconstruction = new Reconstruction(atlas);
        for (int k = 0; k < frames.size(); k++) {
            Picture original = source.apply(frames.get(k));
            if (!original.size().equals(atlas.solveSize())) {
                throw new IllegalArgumentException("frame of " + original.size() + " for an atlas of " + atlas.solveSize());
            }
            Picture shown = reconstruction.frame(frames.get(k), true);
            paste(sheet, k, 0, i -> colour(original, i));
            paste(sheet, k, 1, i -> colour(shown, i));
        }
        return sheet;
    }

    private int step() {
        return Math.max(1, Math.round((float) atlas.solveSize().longSide() / TILE));
    }

    private BufferedImage sheet(int columns, int rows) {
        int w = (atlas.solveSize().width() + step() - 1) / step();
        int h = (atlas.solveSize().height() + step() - 1) / step();
        return new BufferedImage(columns * w, rows * h, BufferedImage.TYPE_INT_RGB);
    }

    /** Puts a frame into a tile, each tile pixel the mean of a square of frame pixels. */
    private void paste(BufferedImage sheet, int column, int row, IntUnaryOperator colour) {
        FrameSize size = atlas.solveSize();
        int step = step();
        int w = (size.width() + step - 1) / step;
        int h = (size.height() + step - 1) / step;
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int[] sum = new int[3];
                int count = 0;
                for (int sy = y * step; sy < Math.min(size.height(), (y + 1) * step); sy++) {
                    for (int sx = x * step; sx < Math.min(size.width(), (x + 1) * step); sx++) {
                        int rgb = colour.applyAsInt(sy * size.width() + sx);
                        sum[0] += rgb >> 16 & 0xff;
                        sum[1] += rgb >> 8 & 0xff;
                        sum[2] += rgb & 0xff;
                        count++;
                    }
                }
                sheet.setRGB(column * w + x, row * h + y, sum[0] / count << 16 | sum[1] / count << 8 | sum[2] / count);
            }
        }
    }

    private static int colour(Picture picture, int i) {
        byte[] rgb = picture.rgb();
        return (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | rgb[3 * i + 2] & 0xff;
    }
}
