"""Paper: application forms, receipts and letters as PDF, from the same documents and answers as the pages.

May import `server.cases`, `server.releases` and what lies below. What is printed is data for one template, `paper.typ`,
which no text of an author or applicant ever becomes a part of. Start with `sheets.sheet_paper`, `letters` and `press.Press`.
"""
