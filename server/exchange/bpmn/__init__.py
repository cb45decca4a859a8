"""Processes as BPMN 2.0 and back, and as flow charts from the same layout.

Pure; may import definitions, the structure of processes and the reports of `server.exchange`. Start with `chart.chart_of`,
`export.process_xml`, `drawing.drawing_of` and `reading.read_bpmn`.
"""
