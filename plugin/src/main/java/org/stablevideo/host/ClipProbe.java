package org.stablevideo.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.stablevideo.cache.RecentMap;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Asks the host what a clip is, once for each state of its file. Safe for any thread. */
public final class ClipProbe {

    private static final int TIMEOUT_S = 30;
    private static final int REMEMBERED = 64;

    private record FileState(String resource, long bytes, long modified) {

        boolean isFile() {
            return modified != 0;
        }
    }

    private final ProbedClips kept;

    private final Map<FileState, SourceClip> known = RecentMap.of(REMEMBERED);

    /**
     * Asks the host.
     *
     * @param cache folder of finished work, below which the answers are kept
     */
    ClipProbe(Path cache) {
        this.kept = new ProbedClips(cache.resolve("clips"));
    }

    /**
     * What the host said about a clip before; empty when it was not asked yet or the file has changed since.
     *
     * @throws ProblemException with {@link ClipUnreadable} when the file is not there any more
     */
    Optional<SourceClip> known(String resource) {
        FileState state = stateOf(resource);
        synchronized (known) {
            return Optional.ofNullable(known.get(state));
        }
    }

    /**
     * What the host says about a clip; takes as long as the host takes to open it.
     *
     * @throws ProblemException with {@link ClipUnreadable} when it is missing or has no pictures
     */
    SourceClip probe(String resource) {
        FileState state = stateOf(resource);
        synchronized (known) {
            SourceClip clip = known.get(state);
            if (clip != null) {
                return clip;
            }
        }
        try {
            Optional<SourceClip> told = state.isFile() ? kept.find(resource, state.bytes(), state.modified()) : Optional.empty();
            SourceClip clip = told.isPresent() ? told.get() : ask(resource);
            if (told.isEmpty() && state.isFile()) {
                kept.store(clip, state.bytes(), state.modified());
            }
            synchronized (known) {
                known.put(state, clip);
            }
            return clip;
        } catch (IOException e) {
            throw unreadable(resource, e);
        }
    }

    private static FileState stateOf(String resource) {
        try {
            if (!ContentHash.isFile(resource)) {
                return new FileState(resource, PictureSequence.files(resource).size(), 0);
            }
            Path file = Path.of(resource);
            return new FileState(resource, Files.size(file), Files.getLastModifiedTime(file).toMillis());
        } catch (IOException e) {
            throw unreadable(resource, e);
        }
    }

    private static SourceClip ask(String resource) throws IOException {
        if (resource.isBlank()) {
            throw unreadable("The host does not say which clip the frame is from.", "Put the effect on a clip instead of a whole track.", null);
        }
        if (resource.startsWith("/") && !ContentHash.isFile(resource) && PictureSequence.files(resource).isEmpty()) {
            throw unreadable("The clip " + resource + " does not exist.", "Check its path.", null);
        }
        byte[] xml = run(resource);
        Document document = parse(resource, xml);
        NodeList producers = document.getElementsByTagName("producer");
        NodeList chains = document.getElementsByTagName("chain");
        NodeList profiles = document.getElementsByTagName("profile");
        if (producers.getLength() + chains.getLength() == 0 || profiles.getLength() == 0) {
            throw unreadable("The host cannot open the clip " + resource + ".", "Check that melt plays it.", null);
        }
        Element producer = (Element) (producers.getLength() > 0 ? producers.item(0) : chains.item(0));
        return describe(resource, MltXml.properties(producer), (Element) profiles.item(0));
    }

    private static SourceClip describe(String resource, Map<String, String> properties, Element profile) throws IOException {
        String service = properties.getOrDefault("mlt_service", "");
        boolean pictures = service.equals("pixbuf") || service.equals("qimage");
        if (service.startsWith("avformat") && "-1".equals(properties.get("video_index"))) {
            throw unreadable("The clip " + resource + " has sound but no pictures.", "Put the effect on a clip with pictures.", null);
        }
        int width = integer(properties.get("meta.media.width"), attribute(profile, "width"));
        int height = integer(properties.get("meta.media.height"), attribute(profile, "height"));
        double sampleAspect = pictures || properties.containsKey("meta.media.sample_aspect_num")
                ? ratio(properties.get("meta.media.sample_aspect_num"), properties.get("meta.media.sample_aspect_den"))
                : (double) attribute(profile, "sample_aspect_num") / attribute(profile, "sample_aspect_den");
        int frames = pictures ? Math.max(1, PictureSequence.files(resource).size()) : integer(properties.get("length"), 0);
        if (frames < 1 || width < 1 || height < 1) {
            throw unreadable("The clip " + resource + " has no pictures.", "Check that melt plays it.", null);
        }
        FrameRate rate = new FrameRate(attribute(profile, "frame_rate_num"), attribute(profile, "frame_rate_den"));
        FrameSize size = new FrameSize(width, height);
        return new SourceClip(resource, ContentHash.of(resource), frames, rate, size, width * sampleAspect / height, pictures);
    }

    private static byte[] run(String resource) throws IOException {
        Path answer = Files.createTempFile("stablevideo-probe", ".xml");
        try {
            Process melt = Melt.start(Melt.command(List.of(resource, "-consumer", "xml:" + answer))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD));
            try {
                if (!melt.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                    throw unreadable("The host did not open the clip " + resource + " in " + TIMEOUT_S + " s.", "Check that melt plays it.", null);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new org.stablevideo.progress.CancelledException();
            } finally {
                melt.destroyForcibly();
            }
            return Files.readAllBytes(answer);
        } finally {
            Files.deleteIfExists(answer);
        }
    }

    private static Document parse(String resource, byte[] xml) throws IOException {
        try {
            return MltXml.parse(xml);
        } catch (SAXException e) {
            String start = new String(xml, 0, Math.min(xml.length, 80), StandardCharsets.UTF_8);
            throw unreadable("The host cannot open the clip " + resource + (start.isBlank() ? "." : " (" + start + ")."), "Check that melt plays it.", e);
        }
    }

    private static int attribute(Element element, String name) {
        return integer(element.getAttribute(name), 1);
    }

    private static int integer(String text, int otherwise) {
        return text == null || text.isBlank() ? otherwise : Integer.parseInt(text.trim());
    }

    private static double ratio(String numerator, String denominator) {
        double ratio = (double) integer(numerator, 1) / integer(denominator, 1);
        return ratio > 0 && Double.isFinite(ratio) ? ratio : 1;
    }

    private static ProblemException unreadable(String resource, IOException e) {
        return unreadable("The clip " + resource + " cannot be read (" + e.getMessage() + ").", "Check the file and its permissions.", e);
    }

    private static ProblemException unreadable(String message, String remedy, Throwable cause) {
        return new ProblemException(new ClipUnreadable(message, remedy), cause);
    }
}
