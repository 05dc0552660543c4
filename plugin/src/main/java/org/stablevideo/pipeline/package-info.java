/** From clip and request to a renderer: analyse, edit, render, all cached. */
package org.stablevideo.pipeline;
