"""derivative"""
