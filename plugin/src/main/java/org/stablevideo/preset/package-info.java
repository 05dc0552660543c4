/**
 * What a user can set: the one table of effect parameters, and presets that fill it. Uses the JDK and Gson only; every other package may speak of
 * these values.
 */
package org.stablevideo.preset;
