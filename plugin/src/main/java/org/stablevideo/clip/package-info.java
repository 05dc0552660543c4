/** Frames of a clip as the host delivered them, spooled to disk and mapped. */
package org.stablevideo.clip;
